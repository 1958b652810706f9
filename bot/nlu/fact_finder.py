"""Finds what a message tells of the owner's own business: what trade, how many people, what was tried."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.consult.place import Waiting
from bot.knowledge import Knowledge, load_knowledge
from bot.nlu.configured import check_number
from bot.nlu.employee_count_extractor import as_number
from bot.nlu.named_features import NamedFeatureMachine
from bot.nlu.own_place_finder import FACTS
from bot.nlu.places import places
from bot.nlu.tokenizer import text_of
from bot.nlu.turn_examples import place_of_message, row_of
from bot.nlu.turn_rows import LabelledMove, TurnRow
from bot.normalization import text_to_read

_FILE = "facts.npz"
_SMALLEST_C = 0.001
_NOTHING = "nothing"
_KINDS = ("industry", "employee_count", "tried")
_NAMES_SOMETHING = ("名詞", "接頭辞", "接尾辞", "形状詞", "代名詞")
_AROUND = (-4, -3, -2, -1, 1, 2, 3, 4)
_NUMBER = re.compile(r"[0-9]+|[〇一二三四五六七八九十百]+")  # 1三人 is no number
_ALONE = {"ひとり": 1, "独り": 1, "一人": 1, "ふたり": 2, "二人": 2, "夫婦": 2}
_DESKS = ("窓口", "役場", "役所", "市役所", "センター", "先生", "銀行", "信金", "組合")  # 県の窓口では…と言われた
_TRADE_ENDS = "屋業店館園所"
_SENTENCE_ENDS = "。!?\n"
_NEXT = 3  # tokens, of which it counts how far away they are
_FARTHEST = 20  # tokens: what is said of a word is said by then
_LONGEST_NAME = 9
_LONGEST = 300  # characters: what an owner does has been said by then


class _Span(NamedTuple):
    """Tokens next to each other that tell one fact, and how far they lie on its side."""

    kind: str
    start: int
    end: int
    margin: float


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FactFinder(GraphComponent):
    """Tokens and the place of a message in; `facts` out: {"slot", "value", "confidence"}, about 1.5 ms a message.

    Learned from the facts in data/turns, token by token, from the words around and the names in the directories. What
    is of somebody else, of the past, or planned, was not labelled there, and so is learned to be left out.
    """

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn"]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the data is followed. The others: from which margin a token tells of that.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        for name in _KINDS:
            check_number(config, cls.__name__, name, least=-1.0)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactFinder:
        """A finder before training."""
        return cls(config, load_knowledge(), model_storage, resource)

    def __init__(
        self, config: Dict[Text, Any], knowledge: Knowledge, model_storage: ModelStorage, resource: Resource
    ) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._places = places(knowledge.prefectures, knowledge.districts)
        self._institutions = _names_of(knowledge)
        self._trades = tuple(word for industry in knowledge.industries for word in industry.words)
        self._machine: Optional[NamedFeatureMachine] = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the rows of data/turns. Raises InvalidConfigException where there are none."""
        seen: List[List[str]] = []
        kinds: List[str] = []
        voices: List[str] = []
        for message in training_data.training_examples:
            row = row_of(message)
            if row is None:
                continue
            told = self._kinds_told(row, text_of(message), _tokens(message))
            for position, features in self._features_of(message):
                seen.append(features)
                kinds.append(told[position])
                voices.append(row.voice)
        if not set(_KINDS) <= set(kinds):
            raise InvalidConfigException("data/turns: expected facts of every kind to learn from")
        self._machine = NamedFeatureMachine.trained(seen, kinds, _KINDS, voices, self._config["C"])
        with self._model_storage.write_to(self._resource) as folder:
            self._machine.write(folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FactFinder:
        """The trained finder."""
        finder = cls(config, load_knowledge(), model_storage, resource)
        with model_storage.read_from(resource) as folder:
            finder._machine = NamedFeatureMachine.read(folder / _FILE)
        return finder

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the facts to every message."""
        for message in messages:
            message.set(FACTS, [*(message.get(FACTS) or []), *self._facts_in(message)], add_to_output=True)
        return messages

    def _facts_in(self, message: Message) -> Iterator[Dict[str, Any]]:
        text, machine = text_of(message), self._trained()
        found: Dict[Tuple[str, str], float] = {}
        for span in self._spans_in(message):
            confidence = machine.confidence(_KINDS.index(span.kind), span.margin)
            for fact in self._told_by(text, span):
                found[fact] = max(found.get(fact, 0.0), confidence)
        for (slot, value), confidence in found.items():
            yield {"slot": slot, "value": value, "confidence": confidence}

    def _spans_in(self, message: Message) -> Iterator[_Span]:
        """Neighbouring tokens of one kind; of several counts the last, since it puts the others right."""
        tokens = _tokens(message)
        machine = self._trained()
        margins = {position: machine.margins(seen) for position, seen in self._features_of(message)}
        spans: List[_Span] = []
        for position, sure in sorted(margins.items()):
            best = int(sure.argmax())
            kind, margin = _KINDS[best], float(sure[best])
            if margin < self._config[kind]:
                continue
            token = tokens[position]
            last = spans[-1] if spans else None
            if last is not None and last.kind == kind and last.end == token.start and kind != "employee_count":
                spans[-1] = _Span(kind, last.start, token.end, max(last.margin, margin))
            else:
                spans.append(_Span(kind, token.start, token.end, margin))
        counts = [span for span in spans if span.kind == "employee_count"]
        yield from (span for span in spans if span.kind != "employee_count" or span is counts[-1])

    def _trained(self) -> NamedFeatureMachine:
        if self._machine is None:
            raise InvalidConfigException("FactFinder: expected a trained model; run `make train`")
        return self._machine

    def _told_by(self, text: str, span: _Span) -> Iterator[Tuple[str, str]]:
        said = text[span.start : span.end]
        if span.kind == "employee_count":
            number = _NUMBER.search(said)
            if said in _ALONE or number:
                yield span.kind, str(_ALONE[said] if said in _ALONE else as_number(number.group() if number else ""))
        else:
            yield span.kind, said

    def _features_of(self, message: Message) -> Iterator[Tuple[int, List[str]]]:
        """For each token that can name something: its position, and what is seen of it and around it."""
        tokens, text = _tokens(message), text_of(message)
        waiting = place_of_message(message).waiting
        listed = [self._listed(text, token) for token in tokens if token.start <= _LONGEST + _LONGEST_NAME * 4]
        for position, token in enumerate(tokens):
            if token.start > _LONGEST:
                return
            if _tag(token).startswith(_NAMES_SOMETHING):
                yield position, list(_seen(tokens, listed, position, waiting))

    def _listed(self, text: str, token: Token) -> Tuple[str, ...]:
        """In which directories the words from this token on stand."""
        known = self._places
        towns = (known.cities, known.short_cities, known.short_towns)
        found = []
        if token.text in known.prefectures or token.text in known.readings:
            found.append("prefecture")
        longest = _LONGEST_NAME if known.may_begin_at(text, token.start) else 0
        for length in range(longest, 1, -1):
            name = text[token.start : token.start + length]
            if len(name) == length and any(name in names for names in towns):
                found.append("town")
                break
        if token.text.endswith(self._trades):
            found.append("trade")
        if token.text in _DESKS or (len(token.text) > 1 and token.text in self._institutions):
            found.append("institution")
        return tuple(found)

    def _kinds_told(self, row: TurnRow, text: str, tokens: List[Token]) -> List[str]:
        """What each token of a row tells, by the facts that it is labelled with."""
        kinds = [_NOTHING] * len(tokens)
        for move in row.moves:
            if move.move != "fact" or not move.value:
                continue
            for start, end in self._where_told(move, text, tokens):
                for position, token in enumerate(tokens):
                    if token.start < end and start < token.end:
                        kinds[position] = move.slot or _NOTHING
        return kinds

    def _where_told(self, move: LabelledMove, text: str, tokens: List[Token]) -> Iterator[Tuple[int, int]]:
        """Where a labelled value stands in the text, at most once: the last time, since that puts the others right."""
        value = text_to_read(move.value or "")
        if move.slot == "employee_count":
            for token in reversed(tokens):
                if _NUMBER.fullmatch(token.text) and str(as_number(token.text)) == value:
                    yield token.start, token.end
                    return
                if str(_ALONE.get(token.text)) == value:
                    yield token.start, token.end
                    return
            return
        if move.slot in ("industry", "tried") and value in text:
            at = text.rfind(value)
            yield at, at + len(value)


def _tokens(message: Message) -> List[Token]:
    tokens: List[Token] = message.get(TOKENS_NAMES[TEXT]) or []
    return tokens


def _tag(token: Token, depth: int = 2) -> str:
    return "-".join((token.get("tag") or "").split("-")[:depth])


def _names_of(knowledge: Knowledge) -> str:
    """All names of the institutions, the way messages are read, a line each."""
    known = knowledge.institutions.values()
    names = (name for one in known for name in (one.name, one.paper_name, *one.aliases) if name)
    return "\n".join(dict.fromkeys(text_to_read(name) for name in names))


def _seen(tokens: List[Token], listed: List[Tuple[str, ...]], position: int, waiting: Waiting) -> Iterator[str]:
    """Names of what is seen of a token: its own form, and the words and directories around it."""
    token = tokens[position]
    yield f"waiting {waiting.value}"
    yield f"is {token.text}"
    yield f"tag {_tag(token, 3)}"
    yield f"ends {token.text[-1:]}"
    yield f"ends {token.text[-2:]}"
    yield f"begins {token.text[:1]}"
    yield f"length {min(len(token.text), 5)}"
    yield f"at {min(position, 3)}"
    if _NUMBER.fullmatch(token.text):
        yield "number"
    for directory in listed[position]:
        yield f"listed {directory}"
        yield f"listed {directory} {waiting.value}"
    for distance in _AROUND:
        other = position + distance
        if not 0 <= other < len(listed):
            yield f"{distance} nothing"
            continue
        yield f"{distance} {tokens[other].lemma}"
        yield f"{distance} tag {_tag(tokens[other])}"
        for directory in listed[other]:
            yield f"{distance} listed {directory}"
    after = [f"{one.lemma}" for one in tokens[position + 1 : position + 3]]
    before = [f"{one.lemma}" for one in tokens[max(0, position - 2) : position]]
    for named in (token.lemma, _tag(token, 3)):
        if after:
            yield f"{named} > {after[0]}"
        if before:
            yield f"{before[-1]} > {named}"
    if len(after) == 2:
        yield f"{_tag(token)} > {after[0]} > {after[1]}"
    if len(before) == 2:
        yield f"{before[0]} > {before[1]} > {_tag(token)}"
    for sort in _sorts(token, listed[position]):
        yield from (f"sort {sort}", f"{sort} {waiting.value}")
        for said in _said_in_the_sentence(tokens, position):
            yield f"{sort} {said}"


def _sorts(token: Token, directories: Tuple[str, ...]) -> List[str]:
    """What a token may be the name of; what is said of a number in its sentence means nothing of an institution."""
    found = []
    if _NUMBER.fullmatch(token.text) or token.text in _ALONE:
        found.append("number")
    if "trade" in directories or token.text[-1:] in _TRADE_ENDS:
        found.append("trade")
    if "institution" in directories:
        found.append("institution")
    return found


def _said_in_the_sentence(tokens: List[Token], position: int) -> Iterator[str]:
    """The words before and after a token, once for its sentence and once for its clause; after it in pairs as well."""
    for side, step in (("before", -1), ("after", 1)):
        within, last = "clause", ""
        for distance in range(1, _FARTHEST):
            at = position + step * distance
            if not 0 <= at < len(tokens) or tokens[at].text in _SENTENCE_ENDS:
                break
            if tokens[at].text == "、":
                within = "sentence"
            lemma = tokens[at].lemma
            yield f"sentence {side} {lemma}"
            if within == "clause":
                yield f"clause {side} {lemma}"
            if distance <= _NEXT:
                yield f"{side} {distance} {lemma}"
            if side == "after" and last:
                yield f"sentence {side} {last} {lemma}"
            last = lemma
