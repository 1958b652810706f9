"""Turns what an owner wrote into what can be said back: 言われましたけど becomes 言われた, which のですね follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Dict, FrozenSet, List, Optional, Sequence

import yaml

from bot.paths import ROOT
from bot.phrases import pattern

SAID_BACK = ROOT / "data" / "said_back.yml"
# Godan verbs by the last kana of their dictionary form: before た, and before ない (学校文法の音便).
_BEFORE_TA = {
    **dict.fromkeys("うつる", "った"),
    **dict.fromkeys("むぶぬ", "んだ"),
    "く": "いた",
    "ぐ": "いだ",
    "す": "した",
}
_BEFORE_NAI = dict(zip("うつるむぶぬくぐす", "わたらまばなかがさ", strict=True))
# What is short for …てしまう and …ている: before た, and by itself.
_IN_SHORT = {
    "ちゃう": ("てしまっ", "てしまう"),
    "じゃう": ("でしまっ", "でしまう"),
    "てる": ("てい", "ている"),
    "でる": ("でい", "でいる"),
    "とる": ("てい", "ている"),
    "どる": ("でい", "でいる"),
    "ちょる": ("てい", "ている"),
}
_OF_MEANING = ("名詞", "動詞-一般", "形容詞-一般", "形状詞", "副詞")
_NOUNS = ("名詞", "形状詞", "接尾辞-名詞", "代名詞")
_GODAN, _ICHIDAN, _SURU, _KURU = "五段", "一段", "サ行変格", "カ行変格"
_NO_MORE_THAN_A_TONE = ("助詞-終助詞", "補助記号")
_GOES_ON = ("が", "けど", "けれど", "けれども", "けども", "ので", "から", "し", "のに", "んで")
_QUESTIONS = ("か", "かな", "かしら", "かい", "っけ", "かね")
_SHORTEST, _LONGEST = 3, 42
# Polite words in the middle, half a quotation, words of oneself that stayed, and what has no kanji at all: all of these
# are read aloud as mistakes.
_NOT_OURS_TO_SAY = re.compile(
    "です|ます|ません|でした|ました|[^ぁ-んァ-ヶー一-龥々a-zA-Z0-9、%]|ご自身ら|そちらら|[ぁぃぅぇぉ]|まして|(?:の|ん)(?:では|じゃ)ない$|^[はがをに、]|^ような|お願いする|って言った|って言っ|言ったろ|っていうか|たろ$|だろ$|すまない|^[^一-龥]*$"
)
_LEADS_ON = ("て", "で", "、", "と", *_GOES_ON)
_MARKS_A_PART = ("が", "を", "は", "も", "に")
_LEADING_ON = ("助詞-接続助詞", "補助記号-読点", "助詞-準体助詞")
_A_NOUN = ("名詞-普通名詞-一般", "名詞-普通名詞-サ変可能", "名詞-固有名詞", "接尾辞-名詞的")
_NEEDS_A_PARTICLE = ("動詞", "形容詞", "副詞")
_DONE_WITH_A_NOUN = ("する", "できる", "いたす", "為る", "出来る")  # 相談できる, 値下げする
_OF_HIMSELF = ("が", "も", "で", "に", "を", "と", "から", "たち")
_NOT_SAID = "…"  # what stands in the place of a word that cannot be said back: the whole is not said then
_PLAIN_ENDINGS = ("た", "だ", "たい", "れる", "られる", "せる", "させる", "らしい")
_NEGATIONS = ("ぬ", "へん", "ひん")


@dataclass(frozen=True)
class Part:
    """A word of a clause: as written, its dictionary form, part of speech and inflection (UniDic's 活用型;活用形)."""

    text: str
    base: str
    tag: str
    inflection: str = ""

    def is_(self, *bases: str) -> bool:
        """Whether it is one of these, by its dictionary form."""
        return self.base in bases


@dataclass(frozen=True)
class _Words:
    honorific: Dict[str, str]
    oneself: FrozenSet[str]
    himself: str
    of_the_shop: FrozenSet[str]
    its_side: str
    modest: Dict[str, str]
    says_nothing: FrozenSet[str]
    at_a_loss: FrozenSet[str]
    question_words: FrozenSet[str]
    dialect: FrozenSet[str]
    not_to_repeat: FrozenSet[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    read = yaml.safe_load(SAID_BACK.read_text(encoding="utf-8"))
    return _Words(
        honorific=read["honorific"],
        oneself=frozenset(read["oneself"]),
        himself=read["himself"],
        of_the_shop=frozenset(read["of_the_shop"]),
        its_side=read["its_side"],
        modest=read["modest"],
        says_nothing=frozenset(read["says_nothing"]),
        at_a_loss=frozenset(read["at_a_loss"]),
        question_words=frozenset(read["question_words"]),
        dialect=frozenset(read["dialect"]),
        not_to_repeat=frozenset(read["not_to_repeat"]),
    )


def said_back(parts: Sequence[Part]) -> Optional[str]:
    """The clause as it is said of its owner, in a form that のですね can follow: 後継ぎがいない, 赤字な.

    None where it says no more than that they are at a loss, is a question or a wish to us, or ends in a way (a dialect,
    half a sentence) of which we do not know the plain form: a wrong restatement is worse than none.
    """
    kept = _without_what_goes_on(_without_a_link(list(parts)))
    if _asks(parts):
        return None
    while kept and _says_nothing(kept):
        kept = _without_what_goes_on(_before_the_last_clause(kept))
    return _in_words(kept) or _in_words(_the_last_sentence(kept)) or _in_words(_the_last_clause(kept))


def _in_words(parts: Sequence[Part]) -> Optional[str]:
    end = _plain_end(parts) if parts and not _lacks_a_particle(parts) else None
    said = "".join([*_of_the_owner(parts[: end.start]), end.text]) if end is not None else ""
    in_length = _SHORTEST <= len(said) <= _LONGEST
    return said if in_length and not _NOT_OURS_TO_SAY.search(said) and not _is_better_left(said) else None


def _lacks_a_particle(parts: Sequence[Part]) -> bool:
    """Whether a noun runs into a verb, or an order into who gave it, as in speech: 洋食屋やって, 運賃下げろ言われた."""
    return any(
        (before.tag.startswith(_A_NOUN) or "命令形" in before.inflection)
        and after.tag.startswith(_NEEDS_A_PARTICLE)
        and after.base not in _DONE_WITH_A_NOUN
        for before, after in pairwise(parts)
    )


def _is_better_left(said: str) -> bool:
    """Whether it would sound mimicked, agree with what owners say against themselves, or call done what is to come.

    Words of dialects, words that are not to be repeated, and a past of a day to come.
    """
    words = _words()
    to_come = bool(pattern("of_a_day_to_come").search(said))
    return to_come or any(word in said for word in (*words.dialect, *words.not_to_repeat))


def _asks(parts: Sequence[Part]) -> bool:
    """Whether the clause is put as a question."""
    return any(part.text in _QUESTIONS and part.tag.startswith("助詞-終助詞") for part in parts[-2:])


def _the_last_sentence(parts: List[Part]) -> List[Part]:
    """What comes after the last full stop: 支払いが遅れてます of 下請けです。支払いが遅れてます."""
    stops = [at for at, part in enumerate(parts) if part.text == "。"]
    return parts[stops[-1] + 1 :] if stops else []


def _the_last_clause(parts: List[Part]) -> List[Part]:
    """What comes after what leads on: 人がいません of 注文は多いんですが人がいません. Empty without a subject."""
    leads = [at for at, part in enumerate(parts[:-1]) if part.text in _LEADS_ON and part.tag.startswith(_LEADING_ON)]
    last = parts[leads[-1] + 1 :] if leads else []
    return last if any(part.text in _MARKS_A_PART for part in last) else []


def _before_the_last_clause(parts: List[Part]) -> List[Part]:
    """What leads on to the last clause: 電気代が上がって of 電気代が上がって困っています. Empty where nothing does."""
    ends = [at for at, part in enumerate(parts[:-1]) if part.text in _LEADS_ON and part.tag.startswith(_LEADING_ON)]
    ends += [at for at in range(1, len(parts) - 1) if parts[at].text == "と" and "終止形" in parts[at - 1].inflection]
    ends.sort()
    leads = [at for at in ends if parts[at].text != "て" or not parts[at + 1].is_("いる", "おる", "しまう")]
    return parts[: leads[-1] + 1] if leads else []


@dataclass(frozen=True)
class _End:
    """The plain form of everything from the word number `start` on."""

    start: int
    text: str


def _without_a_link(parts: List[Part]) -> List[Part]:
    """Without a word that only links it to what was said before: でも, だから, いえ."""
    while parts and parts[0].tag.startswith(("接続詞", "感動詞", "補助記号")):
        parts = parts[1:]
    return parts


def _without_what_goes_on(parts: List[Part]) -> List[Part]:
    """Without particles and marks at the end that only set a tone or lead on: ね, わ, けど, ので."""
    while parts and (
        parts[-1].tag.startswith(_NO_MORE_THAN_A_TONE)
        or parts[-1].text == "と"
        or (parts[-1].text in _GOES_ON and parts[-1].tag.startswith(("助詞-接続助詞", "助詞-準体助詞")))
        or (parts[-1].is_("だ") and len(parts) > 1 and parts[-2].text in ("の", "ん") and parts[-1].text == "で")
    ):
        parts.pop()
    return parts


def _says_nothing(parts: Sequence[Part]) -> bool:
    """Whether the last word of meaning is one that tells no matter: 困っています, 相談したいです."""
    words = _words()
    of_meaning = [part for at, part in enumerate(parts) if _has_meaning(parts, at)]
    if not of_meaning or of_meaning[-1].base in words.says_nothing:
        return True
    asks = any(part.base in words.question_words for part in parts)
    return asks and any(part.base in words.at_a_loss for part in parts[-3:])


def _has_meaning(parts: Sequence[Part], at: int) -> bool:
    """Whether a word has a meaning of its own; いる has in 人がいない, and none in 困っている."""
    stands_alone = parts[at].tag.startswith("動詞-非自立") and at > 0 and parts[at - 1].text not in ("て", "で")
    return parts[at].tag.startswith(_OF_MEANING) or (stands_alone and parts[at].is_("いる", "おる", "ある"))


def _plain_end(parts: Sequence[Part]) -> Optional[_End]:
    """How the clause ends in plain words, or None."""
    last = len(parts) - 1
    explained = _without_explaining(parts)
    if explained < last:
        explaining = parts[: explained + 1]
        is_a_noun = explaining[-1].tag.startswith(_NOUNS)
        return _End(explained + 1, "な") if is_a_noun else _plain_end(explaining)
    part = parts[last]
    if part.is_("た") and last and "仮定形" not in part.inflection:
        return _past(parts, last - 1)
    if part.is_("て") and last:
        return _after_te(parts, last)
    if part.is_("ます") and last:
        return _verb(parts, last - 1, "")
    if part.is_(*_NEGATIONS) and last:
        return _negative(parts, last - 1, "ない")
    if part.is_("です", "だ", "や") and last:
        return _copula(parts, last - 1, "な")
    if part.text in ("ねえ", "ねぇ", "ない", "無い") and part.tag.startswith(("助動詞", "形容詞")):
        return _End(last, "ない")  # 鳴らねえ
    if _is_short(part):
        return _End(last, _IN_SHORT[part.base][1])
    ends_a_sentence = "終止形" in part.inflection or "連体形" in part.inflection
    is_plain = part.tag.startswith(("動詞", "形容詞")) or part.is_(*_PLAIN_ENDINGS)
    return _End(last, _words().modest.get(part.base, part.text)) if ends_a_sentence and is_plain else None


def _without_explaining(parts: Sequence[Part]) -> int:
    """The number of the last word before のです, んだ, のや."""
    last = len(parts) - 1
    if last > 1 and parts[last].is_("です", "だ", "や") and parts[last - 1].text in ("の", "ん"):
        return _without_a_linking_na(parts, last - 2)
    if last > 0 and parts[last].text in ("の", "ん") and parts[last].tag.startswith("助詞-準体助詞"):
        return _without_a_linking_na(parts, last - 1)
    return last


def _without_a_linking_na(parts: Sequence[Part], last: int) -> int:
    """赤字なんです explains 赤字."""
    return last - 1 if last and parts[last].text == "な" and parts[last].is_("だ") else last


def _past(parts: Sequence[Part], before: int) -> Optional[_End]:
    """…ました, …でした, and what ends in た already."""
    part = parts[before]
    if part.is_("ます") and before:
        return _verb(parts, before - 1, "た")
    if part.is_("です") and before:
        if parts[before - 1].is_("ぬ") and before > 2 and parts[before - 2].is_("ます"):
            return _negative(parts, before - 3, "なかった")  # 返せませんでした
        return _copula(parts, before - 1, "だった")
    if _is_short(part):
        return _End(before, _IN_SHORT[part.base][0] + "た")
    if part.is_("しまう"):
        return _End(before, "しまった")  # しもた
    return _End(before, part.text + parts[before + 1].text)


def _after_te(parts: Sequence[Part], te: int) -> Optional[_End]:
    """A clause that leads on: 減っていて, 来なくて, 倒れて."""
    before = parts[te - 1]
    if before.is_("ます") and te > 1:
        return _verb(parts, te - 2, "" if parts[te - 2].is_("いる", "おる") else "た")
    if before.is_("ない") and before.text == "なく":
        return _End(te - 1, "ない")
    if before.is_("いる", "おる", "てる"):
        return _End(te - 1, _modestly(before.base))
    if before.is_("です") and te > 1:
        return _copula(parts, te - 2, "な")
    if before.tag.startswith("形容詞"):
        return _End(te - 1, before.base)
    if before.tag.startswith(("動詞", "助動詞")):
        return _End(te - 1, before.text + ("だ" if parts[te].text == "で" else "た"))
    return None


def _verb(parts: Sequence[Part], at: int, past: str) -> Optional[_End]:
    """The dictionary form of a verb that stood before ます, or its past."""
    part = parts[at]
    if _is_short(part):
        before_ta, alone = _IN_SHORT[part.base]
        return _End(at, before_ta + "た" if past else alone)
    base = _modestly(part.base)
    changed = base != part.base
    if not past:
        return _End(at, base)
    kind = part.inflection if not changed else _kind_of(base)
    if kind.startswith(_SURU) or base == "する":
        return _End(at, "した")
    if kind.startswith(_KURU):
        return _End(at, "来た" if base.endswith("来る") else "きた")
    if kind.startswith(_GODAN):
        if base.endswith(("行く", "いく")):
            return _End(at, base[:-1] + "った")
        return _End(at, base[:-1] + _BEFORE_TA[base[-1]]) if base[-1] in _BEFORE_TA else None
    return _End(at, base[:-1] + "た") if base.endswith("る") else None


def _is_short(part: Part) -> bool:
    """Whether it is short for …ている or …てしまう; 取る is a verb of its own."""
    return part.base in _IN_SHORT and part.tag.startswith("助動詞")


def _negative(parts: Sequence[Part], at: int, ending: str) -> Optional[_End]:
    """…ません, …ん, …へん as …ない: of what stands before ます by its class, else as it is written."""
    part = parts[at]
    if part.is_("ます") and at:
        part, at = parts[at - 1], at - 1
    elif "未然形" in part.inflection or "命令形" in part.inflection or _ICHIDAN in part.inflection:
        plain = {"せ": "し", "おら": "い"}.get(part.text, part.text)
        return _End(at, plain + ending)
    else:
        return None
    base = _modestly(part.base)
    kind = part.inflection if base == part.base else _kind_of(base)
    if base == "ある":
        return _End(at, ending)
    if kind.startswith(_SURU) or base == "する":
        return _End(at, "し" + ending)
    if kind.startswith(_KURU):
        return _End(at, "来" + ending)
    if kind.startswith(_GODAN):
        return _End(at, base[:-1] + _BEFORE_NAI[base[-1]] + ending) if base[-1] in _BEFORE_NAI else None
    return _End(at, base[:-1] + ending) if base.endswith("る") else None


def _copula(parts: Sequence[Part], at: int, ending: str) -> Optional[_End]:
    """A noun before です takes な (past だった), an adjective or a verb nothing."""
    part = parts[at]
    if part.tag.startswith("助詞"):
        return _End(at + 1, ending) if part.tag.startswith("助詞-副助詞") and part.text != "か" else None
    if part.tag.startswith(_NOUNS):
        return _End(at + 1, ending)
    if part.is_("ぬ") and at > 1 and parts[at - 1].is_("ます"):
        return _negative(parts, at - 2, "ない")
    return _plain_end(parts[: at + 1])


def _modestly(base: str) -> str:
    return _words().modest.get(base, base)


def _kind_of(base: str) -> str:
    """The class of the plain verbs that stand for modest ones."""
    return {"いる": _ICHIDAN, "する": _SURU}.get(base, _GODAN)


def _of_the_owner(parts: Sequence[Part]) -> List[str]:
    """The words before the ending, with people as somebody else speaks of them and the owner left out."""
    words = _words()
    said: List[str] = []
    skip = False
    for number, part in enumerate(parts):
        if skip:
            skip = False
            continue
        after = parts[number + 1].text if number + 1 < len(parts) else ""
        if part.text in words.oneself and part.tag.startswith(("代名詞", "名詞")):
            if after in ("の", "は"):
                skip = True
                continue
            who = words.its_side if part.text in words.of_the_shop else words.himself
            said.append(who if after in _OF_HIMSELF else _NOT_SAID)
            continue
        said.append(_with_respect(parts, number, words))
    return said


def _with_respect(parts: Sequence[Part], number: int, words: _Words) -> str:
    part = parts[number]
    joined_before = number > 0 and parts[number - 1].tag.startswith(("接頭辞", "名詞-普通名詞", "名詞-固有"))
    joined_after = number + 1 < len(parts) and parts[number + 1].tag.startswith(("接尾辞", "名詞"))
    return part.text if joined_before or joined_after else words.honorific.get(part.text, part.text)
