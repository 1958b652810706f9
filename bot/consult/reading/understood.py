"""A message as the language understanding hands it over, from the parse that Rasa keeps of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Iterator, Mapping, Optional, Sequence, Tuple

from bot.knowledge import AnswerId
from bot.normalization import text_to_read
from bot.phrases import pattern

PRESSED = "choice"  # where channels put the id of a pressed choice in a message's metadata
_FACTS = ("prefecture", "municipality", "industry", "employee_count")
_PLACES = ("prefecture", "municipality")
_FOUNDING = "創業"
_RIGHT_BEHIND = 10  # characters: の話ではなくて
_MARKS = " 。、?？!！…"
_CLAUSE = re.compile(r"[^。、.,!！?？\s]+")
_ASKS = re.compile(
    r"[?？].{0,8}$"
    r"|(か|かな|かね|かい|かしら|やろ|やろか|だろう|でしょう|かのう|かいのう?|がか|のけ|がけ)(な|ね|の)?[ぁぇえあー]?[。.…!！ー]*$"
)
_SENTENCES = re.compile("[^。!！?？\\n]+[?？]?")
# With a word that asks, many more endings make a question: どこさ言えばいいの, 締切はいつだっぺ, 誰に言うたらよかと.
_ASKING_WORDS = re.compile(
    "どこ|どご|どっち|どちら|どれ(?!も|ほど)|だれ(?!も)|誰(?!も|っちゃ)|いつ(?!も|か|の間)|いくら|いぐら|なんぼ|何(?!か|も|でも|とか|より)"
    "|なん(?=が|で|の|ぼ|や|ば|ちゃ)|なして|なぜ|どう(?!も|しても|せ|か)|どげん|どない|どんな|どの"
)
_ASKING_ENDS = re.compile(
    "(の|のさ|のよ|んだ|んだば|んや|ねん|の?け|と|とよ|っぺ|べ|べえ|ばい|さ|よか|ええ|ええん|いい|いいん|がん|るん|たん|なん|だに)$"
)
_WONDERS = re.compile("(わから|分から|わかん|知ら)(な|ず|ん|へん)")
_ASKS_FOR = re.compile("(教えて|おしえて|知りたい|知りたく|ききたい|聞きたい)[^。]{0,10}$")
_NO_MORE = re.compile(
    r"(県|府|都|市)?(の間違い)?(に(あり|おり|い)ます|で)?(です|でした|でして|や|だ|だよ|やねん|ですわ|じゃ)?(ね|わ|よ)?"
    r"|(で|を|の)?(や|し|営ん|始め)(って|で|て)?(い?(ます|る|ております|とる|とります|ゆう))?"
)


@dataclass(frozen=True)
class ReadMove:
    """A move as the learned reading found it, with its arguments; `confidence` from 0 to 1."""

    move: str
    confidence: float
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    n: Optional[int] = None
    slot: Optional[str] = None
    value: Optional[str] = None
    about: Optional[str] = None
    institution: Optional[str] = None
    how: Optional[str] = None


@dataclass(frozen=True)
class Part:
    """A clause of a message: whether it is put as a question, with what was read of it as of the whole message."""

    asks: bool
    answers: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, float] = field(default_factory=dict)
    trust: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Understood:
    """A message and what was understood in it, outside its place in the talk.

    `text` is in the one spelling in which messages are read, `original` as typed. `ranking` holds (intent,
    confidence from 0 to 1), best first. `prefectures` and `municipalities` are where the owner is,
    `place_characters` how many of its characters do so, `institutions` the ids of those it names, `turned_down` of
    those among them that it says were tried or are not wanted. `employee_count` is the sum of those who work for the
    owner. `sub_issues` has for an issue the sub-issue that the message makes clear, and the confidence.
    `other_issues` has the issues that single clauses are about, with the confidence. `symptoms` has the answers of
    the triage that the message resembles, and how closely, from 0 to 1; `answers` the same of what owners ask, by
    the id of what we know of it, `topics` what it may ask about and `fields` (fields.yml) of whom, with the
    confidence, `trust` how far the likest answers can be trusted to be what is asked for, and `parts` all of these
    by clause; `brought` of the matters that they bring. `only_facts`: it says where, what trade or how many people,
    and nothing else. `moves` are what was learned to be read in such a place. `said_back` is what it tells most of,
    in a form that のですね can follow; empty where nothing of it can be said back. `pressed` is the id of the choice
    whose label the text is, where the owner pressed it.
    """

    text: str
    original: str = ""
    ranking: Tuple[Tuple[str, float], ...] = ()
    prefectures: Tuple[str, ...] = ()
    named_prefectures: Tuple[str, ...] = ()
    place_characters: int = 0
    municipalities: Tuple[str, ...] = ()
    institutions: Tuple[str, ...] = ()
    turned_down: Tuple[str, ...] = ()
    industry: Optional[str] = None
    employee_count: Optional[int] = None
    stage: Optional[str] = None
    sub_issues: Mapping[str, Tuple[str, float]] = field(default_factory=dict)
    other_issues: Mapping[str, float] = field(default_factory=dict)
    symptoms: Mapping[AnswerId, float] = field(default_factory=dict)
    answers: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, float] = field(default_factory=dict)
    trust: Mapping[str, float] = field(default_factory=dict)
    fields_of_the_talk: Mapping[str, float] = field(default_factory=dict)
    parts: Tuple[Part, ...] = ()
    brought: Mapping[str, float] = field(default_factory=dict)
    only_facts: bool = False
    said_back: str = ""
    pressed: Optional[str] = None
    moves: Tuple[ReadMove, ...] = ()

    @property
    def top(self) -> Tuple[str, float]:
        """The likeliest intent and its confidence."""
        return self.ranking[0] if self.ranking else ("", 0.0)

    def sure_intent(self, least: float) -> Optional[str]:
        """The likeliest intent where its confidence is at least this, or None."""
        intent, confidence = self.top
        return intent if confidence >= least else None

    def sub_issue(self, issue: str, least: float) -> Optional[str]:
        """The sub-issue of an issue, or kind of another intent, with at least this confidence; or None."""
        name, confidence = self.sub_issues.get(issue, ("", 0.0))
        return name if name and confidence >= least else None

    @property
    def asks(self) -> bool:
        """Whether it is put as a question: …でしょうか, …ええんか."""
        return bool(_ASKS.search(self.text))

    @property
    def asks_within(self) -> bool:
        """Whether some sentence of it is put as a question: それって何？銀行に言われたんだけど."""
        return self.questions > 0

    @property
    def questions(self) -> int:
        """How many of its sentences are put as a question."""
        return len(self.sentences_that_ask)

    @property
    def sentences(self) -> Tuple[str, ...]:
        """All of its sentences."""
        return tuple(_SENTENCES.findall(self.text))

    @property
    def sentences_that_ask(self) -> Tuple[str, ...]:
        """Those of its sentences that are put as a question."""
        return tuple(filter(_is_put_as_a_question, self.sentences))

    @property
    def questions_put(self) -> Tuple[str, ...]:
        """The same without marks, and without those that only ask whether one may ask: もう一ついいですか."""
        asking = (sentence.strip(_MARKS) for sentence in self.sentences_that_ask)
        return tuple(sentence for sentence in asking if not pattern("asks_to_ask").search(sentence))

    @property
    def field_asked(self) -> Tuple[str, float]:
        """The field that the question in it is of, and the confidence: as the talk goes, or of a clause that asks."""
        asking = [part.fields for part in self.parts if part.asks] or [self.fields]
        read = (self.fields_of_the_talk,) if self.fields_of_the_talk else (*asking, self.fields)
        likeliest = ((name, sure) for fields in read for name, sure in fields.items())
        return max(likeliest, key=lambda one: one[1], default=("", 0.0))

    @property
    def wonders(self) -> bool:
        """Whether it asks, or says that something is not known: 36協定の書き方がわからず困っています."""
        return self.asks_within or bool(_WONDERS.search(self.text))

    @property
    def wonders_how(self) -> bool:
        """Whether it says that they do not know how something is done, which asks: 計画書の書き方がわからない."""
        return bool(pattern("does_not_know_how").search(self.text))

    def without(self, intent: str) -> Understood:
        """The same as if this intent could not be meant; the confidences of the others still add up to 1."""
        left = [(name, confidence) for name, confidence in self.ranking if name != intent]
        total = sum(confidence for _, confidence in left) or 1.0
        return replace(self, ranking=tuple((name, confidence / total) for name, confidence in left))

    def confidence(self, intent: str) -> float:
        """The confidence of an intent, 0 where it is not ranked."""
        return dict(self.ranking).get(intent, 0.0)


def _is_put_as_a_question(sentence: str) -> bool:
    """Whether a sentence asks: by its mark or ending, by a word that asks with many an ending, or as a wish to know."""
    bare = sentence.rstrip("…。.、 ")
    if pattern("asks_oneself").search(bare) and not _ASKING_WORDS.search(bare):
        return False
    asks = bool(_ASKS.search(sentence)) or sentence.endswith(("?", "？")) or bool(_ASKS_FOR.search(bare))
    asks = asks or bool(pattern("asks_by_its_ending").search(bare))
    return asks or bool(_ASKING_WORDS.search(bare) and _ASKING_ENDS.search(bare))


def understood_from(parse: Mapping[str, Any]) -> Understood:
    """What was understood in a message: `parse` has text, intent_ranking and entities as in /model/parse.

    Where a channel knows which choice was pressed, its id stands in `metadata` under "choice", its label in `text`.
    """
    places = [found for found in parse.get("entities") or [] if found["entity"] in _PLACES]
    original = parse.get("text") or ""
    not_there = _not_there(parse)
    return Understood(
        text=text_to_read(original),
        original=original,
        ranking=tuple((ranked["name"], ranked["confidence"]) for ranked in parse.get("intent_ranking") or []),
        prefectures=_but(_told(parse, "prefecture") or _named_plainly(parse), not_there),
        named_prefectures=_but(_named(places), not_there),
        municipalities=_but(_told(parse, "municipality"), not_there),
        industry=_trade(parse),
        employee_count=_workers(parse),
        stage=_stage(parse),
        sub_issues={issue: (best["name"], best["confidence"]) for issue, best in parse.get("sub_issues", {}).items()},
        other_issues=parse.get("other_issues", {}),
        symptoms={AnswerId.parse(answer): likeness for answer, likeness in parse.get("symptoms", {}).items()},
        answers=parse.get("answers", {}),
        topics=parse.get("topics", {}),
        fields=parse.get("fields", {}),
        trust=parse.get("answer_trust", {}),
        parts=tuple(_parts(text_to_read(original), parse)),
        brought=parse.get("brought", {}),
        institutions=_asked_or_told_of(parse),
        turned_down=_turned_down(parse),
        place_characters=sum(place["end"] - place["start"] for place in places),
        only_facts=_only_facts(parse),
        said_back=parse.get("said_back", ""),
        pressed=(parse.get("metadata") or {}).get(PRESSED),
        moves=tuple(ReadMove(**move) for move in parse.get("moves") or []),
    )


def _parts(text: str, parse: Mapping[str, Any]) -> Iterator[Part]:
    """The clauses, each with the mark that stands behind it in the message."""
    read = (parse.get(name) or [] for name in ("answers_by_clause", "topics_by_clause", "fields_by_clause"))
    for clause, about, of in zip_longest(*read):
        end = text.find(clause["text"]) + len(clause["text"])
        asks = _is_put_as_a_question(clause["text"] + text[end : end + 1])
        trust = clause.get("trust", {})
        yield Part(asks, clause["answers"], about or {}, of or {}, trust, clause["text"])


def _only_facts(parse: Mapping[str, Any]) -> bool:
    """Whether every clause of a message ends in a place, a trade or a number of workers: 熊本、いまは6人です."""
    text = text_to_read(parse.get("text") or "")
    facts = [found for found in parse.get("entities") or [] if found["entity"] in _FACTS]
    clauses = [clause.span() for clause in _CLAUSE.finditer(text) if clause.group().strip()]
    return bool(clauses) and all(
        any(
            start <= fact["start"] and fact["end"] <= end and _NO_MORE.fullmatch(text[fact["end"] : end])
            for fact in facts
        )
        for start, end in clauses
    )


def _told(parse: Mapping[str, Any], slot: str) -> Tuple[str, ...]:
    """What the message tells of the owner's own business, each once."""
    return tuple(dict.fromkeys(fact["value"] for fact in parse.get("facts") or [] if fact["slot"] == slot))


def _turned_down(parse: Mapping[str, Any]) -> Tuple[str, ...]:
    """The institutions that were tried or are not wanted: ハローワークはもういい."""
    named = [found for found in parse.get("entities") or [] if found["entity"] == "institution"]
    return tuple(dict.fromkeys(e["value"] for e in named if pattern("turns_down").match(_behind(parse, e))))


def _asked_or_told_of(parse: Mapping[str, Any]) -> Tuple[str, ...]:
    """The institutions that it names, each once, but those from whom something is to be hidden: 銀行に知られますか."""
    named = [found for found in parse.get("entities") or [] if found["entity"] == "institution"]
    hidden_from = pattern("is_not_to_know")
    return tuple(dict.fromkeys(e["value"] for e in named if not hidden_from.match(_behind(parse, e))))


def _not_there(parse: Mapping[str, Any]) -> Tuple[str, ...]:
    """The places where the message says that the shop is not, each with its prefecture: 福島ちゃうわ."""
    named = [found for found in parse.get("entities") or [] if found["entity"] in _PLACES]
    denied = [place for place in named if pattern("is_not_there").match(_behind(parse, place))]
    elsewhere = {*_named([place for place in named if place not in denied])}
    return tuple(name for place in denied for name in (place["value"], *_named([place])) if name not in elsewhere)


def _behind(parse: Mapping[str, Any], entity: Mapping[str, Any]) -> str:
    """What stands behind an entity in the message."""
    return text_to_read(parse.get("text") or "")[entity["end"] :]


def _but(names: Tuple[str, ...], without: Tuple[str, ...]) -> Tuple[str, ...]:
    return tuple(name for name in names if name not in without)


def _named_plainly(parse: Mapping[str, Any]) -> Tuple[str, ...]:
    """The prefectures named where that can be nobody else's: 大阪で内装屋や。4人, or 支援窓口って静岡にもありますか.

    Whose a place is was learned from whole sentences; a message of facts alone, or a question about an institution
    there, is none.
    """
    found = parse.get("entities") or []
    asks_of_one = any(entity["entity"] == "institution" for entity in found) and bool(
        _ASKS.search(text_to_read(parse.get("text") or ""))
    )
    if not _only_facts(parse) and not asks_of_one:
        return ()
    return _named([entity for entity in found if entity["entity"] in _PLACES])


def _named(places: Sequence[Mapping[str, Any]]) -> Tuple[str, ...]:
    """The prefectures of places that were found, each once."""
    named = [place["value"] if place["entity"] == "prefecture" else place.get("prefecture") for place in places]
    return tuple(dict.fromkeys(prefecture for prefecture in named if prefecture))


def _trade(parse: Mapping[str, Any]) -> Optional[str]:
    """The owner's own trade, as it was learned to be told, in the words of the trade that is named there; or None.

    In a message of facts alone it is whatever trade is named; what is named to say that it is not that is none.
    """
    text = text_to_read(parse.get("text") or "")
    named = tuple(trade for trade in _all(parse, "industry") if not is_put_aside(trade, text))
    told = next((trade for trade in _told(parse, "industry") if not is_put_aside(trade, text)), None)
    if told is None:
        of_itself = _says_it_of_itself(parse) or bool(pattern("instead").search(text))
        return named[0] if named and of_itself else None
    return next((trade for trade in named if trade in told or told in trade), told)


def is_put_aside(word: str, text: str) -> bool:
    """Whether a word is named to say that it is not that: スーパーの話ではなくて."""
    _, _, behind = text.partition(word)
    return bool(pattern("instead").search(behind[:_RIGHT_BEHIND]))


def _all(parse: Mapping[str, Any], kind: str) -> Tuple[str, ...]:
    """The values of all entities of a kind, in the order of the message."""
    return tuple(found["value"] for found in parse.get("entities") or [] if found["entity"] == kind)


def _workers(parse: Mapping[str, Any]) -> Optional[int]:
    """All who work for the owner, with those named beside a count; None where no count is told."""
    told = next(iter(_told(parse, "employee_count")), None)
    counts = [found for found in parse.get("entities") or [] if found["entity"] == "employee_count"]
    if counts and _says_it_of_itself(parse):
        return sum(map(_with_those_beside, counts))
    if told is None:
        with_others = (count for count in counts if count.get("beside"))  # わしと家内とパートさん2人
        return next(map(_with_those_beside, with_others), None)
    count = next((found for found in counts if str(found["value"]) == told), None)
    return int(told) if count is None else _with_those_beside(count)


def _stage(parse: Mapping[str, Any]) -> Optional[str]:
    """How far the owner's business is, as it was learned to be told; None where that is not told."""
    read = (move for move in parse.get("moves") or [] if move.get("slot") == "stage")
    of_founding = parse.get("facts") is None or (parse.get("intent") or {}).get("name") == _FOUNDING
    named = _all(parse, "stage") if of_founding else ()
    return next((str(move["value"]) for move in read), next(iter(named), None))


def _says_it_of_itself(parse: Mapping[str, Any]) -> bool:
    """Whether what is named is the owner's own without more: in a message of facts, or where nobody learned whose."""
    return parse.get("facts") is None or _only_facts(parse)


def _with_those_beside(count: Mapping[str, Any]) -> int:
    return int(count["value"]) + int(count.get("beside", 0))
