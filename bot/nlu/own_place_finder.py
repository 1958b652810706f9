"""Finds where the owner's own business is, among all places that a message names: whose each is was learned."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Text, Tuple

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
from bot.nlu.named_features import NamedFeatureMachine
from bot.nlu.named_places import NamedPlace, named_places
from bot.nlu.places import places
from bot.nlu.tokenizer import text_of
from bot.nlu.turn_examples import place_of_message, row_of
from bot.nlu.turn_rows import TurnRow

FACTS = "facts"
_FILE = "own_places.npz"
_OWN, _OTHERS = "own", "others"
_SMALLEST_C = 0.001
_LONGEST = 400  # characters: where an owner is has been said by then
_MOST = 12  # places; who lists more tells of a journey
_AROUND = (1, 2, 3, 4)
_SENTENCE_ENDS, _CLAUSE_ENDS = "。!?", "。!?、"
_BESIDE = 2  # characters between a prefecture and a town in it: 沖縄の宮古


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class OwnPlaceFinder(GraphComponent):
    """Words and the place of a message in; `facts` out: {"slot": prefecture or municipality, "value", "confidence"}.

    Every place that is named is found by the directories (`named_places`); whether it is that of the owner's business
    was learned from data/turns, where those of clients, of the past, of surnames are not labelled. About 0.5 ms.
    """

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn"]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the data is followed. own: from which margin a place is the owner's. apart: by how much more
        another place must be it, for this one to be nobody's where they lie in different prefectures.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        check_number(config, cls.__name__, _OWN, least=-1.0)
        check_number(config, cls.__name__, "apart")

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OwnPlaceFinder:
        """A finder before training."""
        return cls(config, load_knowledge(), model_storage, resource)

    def __init__(
        self, config: Dict[Text, Any], knowledge: Knowledge, model_storage: ModelStorage, resource: Resource
    ) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._known = places(knowledge.prefectures, knowledge.districts)
        self._machine: Optional[NamedFeatureMachine] = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the rows of data/turns. Raises InvalidConfigException where none tells of a place."""
        seen: List[List[str]] = []
        whose: List[str] = []
        voices: List[str] = []
        for message in training_data.training_examples:
            row = row_of(message)
            if row is None:
                continue
            named = self._named(message)
            for place in named:
                seen.append(list(_seen(text_of(message), _tokens(message), named, place, row.place.waiting)))
                whose.append(_OWN if _is_told(row, text_of(message), place) else _OTHERS)
                voices.append(row.voice)
        if not {_OWN, _OTHERS} <= set(whose):
            raise InvalidConfigException("data/turns: expected places of the owners and of others to learn from")
        self._machine = NamedFeatureMachine.trained(seen, whose, (_OWN,), voices, self._config["C"])
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
    ) -> OwnPlaceFinder:
        """The trained finder."""
        finder = cls(config, load_knowledge(), model_storage, resource)
        with model_storage.read_from(resource) as folder:
            finder._machine = NamedFeatureMachine.read(folder / _FILE)
        return finder

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds where the owner's business is to the facts of every message."""
        for message in messages:
            found = [*(message.get(FACTS) or []), *self._facts_in(message)]
            message.set(FACTS, found, add_to_output=True)
        return messages

    def _facts_in(self, message: Message) -> Iterator[Dict[str, Any]]:
        machine = self._trained()
        named = self._named(message)
        margins = [(place, self._margin(message, named, place)) for place in named]
        own = [(place, margin) for place, margin in margins if margin >= self._config[_OWN]]
        confidences: Dict[Tuple[str, str], float] = {}
        for place, margin in _that_agree(self._without_the_less_likely(own)):
            confidence = machine.confidence(0, margin)
            for fact in (("prefecture", place.prefecture), ("municipality", place.municipality)):
                if fact[1] is not None:
                    told = (fact[0], fact[1])
                    confidences[told] = max(confidences.get(told, 0.0), confidence)
        for (slot, value), confidence in confidences.items():
            yield {"slot": slot, "value": value, "confidence": confidence}

    def _without_the_less_likely(self, own: List[Tuple[NamedPlace, float]]) -> List[Tuple[NamedPlace, float]]:
        """京都は家や、店は守口: of places in different prefectures those that are about as likely as the likeliest."""
        best, likeliest = max(own, key=lambda one: one[1], default=(None, 0.0))
        return [
            (place, margin)
            for place, margin in own
            if best is None
            or margin >= likeliest - self._config["apart"]
            or place.prefecture in (None, best.prefecture)
        ]

    def _named(self, message: Message) -> List[NamedPlace]:
        found = named_places(self._known, text_of(message), _tokens(message))
        return [place for place in found if place.start <= _LONGEST][:_MOST]

    def _margin(self, message: Message, named: List[NamedPlace], place: NamedPlace) -> float:
        waiting = place_of_message(message).waiting
        seen = _seen(text_of(message), _tokens(message), named, place, waiting)
        return float(self._trained().margins(seen)[0])

    def _trained(self) -> NamedFeatureMachine:
        if self._machine is None:
            raise InvalidConfigException("OwnPlaceFinder: expected a trained model; run `make train`")
        return self._machine


def _that_agree(own: Sequence[Tuple[NamedPlace, float]]) -> Iterator[Tuple[NamedPlace, float]]:
    """Towns are in the prefecture that is told beside them; a ward of many cities is in the one that is told."""
    told = {place.prefecture for place, _ in own if place.prefecture and place.municipality is None}
    within: Set[Optional[str]] = {place.prefecture for place, _ in own if place.prefecture}
    for place, margin in own:
        beside = {
            other.prefecture
            for other, _ in own
            if other.municipality is None and abs(place.start - other.end) <= _BESIDE and other.prefecture in told
        }
        if place.municipality is not None and beside and place.prefecture not in {None, *beside}:
            continue
        if place.municipality is not None and place.prefecture is None and len(within) == 1:
            place = place._replace(prefecture=next(iter(within)))
        yield place, margin


def _tokens(message: Message) -> List[Token]:
    tokens: List[Token] = message.get(TOKENS_NAMES[TEXT]) or []
    return tokens


def _is_told(row: TurnRow, text: str, place: NamedPlace) -> bool:
    """Whether a place is one that the row is labelled with, as said or by its name."""
    towns = {move.value or "" for move in row.moves if move.move == "fact" and move.slot == "municipality"}
    prefectures = {move.value for move in row.moves if move.move == "fact" and move.slot == "prefecture"}
    said = text[place.start : place.end]
    named = any(town and (said in town or town in said or town == place.municipality) for town in towns)
    if place.prefecture is None or (place.municipality is not None and towns):
        return named
    return place.prefecture in prefectures


def _lemma(tokens: Sequence[Token], position: int) -> str:
    return tokens[position].lemma if 0 <= position < len(tokens) else "nothing"


def _tag(tokens: Sequence[Token], position: int) -> str:
    if not 0 <= position < len(tokens):
        return "nothing"
    return "-".join((tokens[position].get("tag") or "").split("-")[:2])


def _seen(
    text: str, tokens: Sequence[Token], named: Sequence[NamedPlace], place: NamedPlace, waiting: Waiting
) -> Iterator[str]:
    """Names of what is seen of a place: how it is named, the words around it, and the other places beside it."""
    inside = [n for n, token in enumerate(tokens) if token.start < place.end and place.start < token.end]
    first, last = inside[0], inside[-1]
    yield from (f"kind {place.kind}", f"waiting {waiting.value}", f"kind {place.kind} {waiting.value}")
    yield f"tag {tokens[first].get('tag')}"
    yield f"length {place.end - place.start} {place.kind}"
    for distance in _AROUND:
        for sign, position in (("-", first - distance), ("+", last + distance)):
            yield f"{sign}{distance} {_lemma(tokens, position)}"
            yield f"{sign}{distance} tag {_tag(tokens, position)}"
    before, after = _lemma(tokens, first - 1), _lemma(tokens, last + 1)
    second, third = _lemma(tokens, last + 2), _lemma(tokens, last + 3)
    yield f"-- {_lemma(tokens, first - 2)} {before}"
    yield from (f"++ {after} {second}", f"+++ {after} {second} {third}", f"-+ {before} {after}")
    yield f"++ tags {_tag(tokens, last + 1)} {_tag(tokens, last + 2)}"
    yield from (f"{waiting.value} -1 {before}", f"{waiting.value} +1 {after}", f"{waiting.value} ++ {after} {second}")
    for name, ends in (("sentence", _SENTENCE_ENDS), ("clause", _CLAUSE_ENDS)):
        start, end = _bounds(text, place, ends)
        for token in tokens:
            if start <= token.start < place.start:
                yield f"{name} before {token.lemma}"
            elif place.end <= token.start < end:
                yield f"{name} after {token.lemma}"
    yield from _seen_beside(named, place, waiting)
    yield from (f"at {min(first, 4)}", f"at {min(first, 2)} {waiting.value}")
    left = len(tokens) - last - 1
    yield from (f"left {min(left, 5)}", f"left {min(left, 4)} {waiting.value}")


def _seen_beside(named: Sequence[NamedPlace], place: NamedPlace, waiting: Waiting) -> Iterator[str]:
    others = [other for other in named if other is not place]
    elsewhere = [o for o in others if o.prefecture and place.prefecture and o.prefecture != place.prefecture]
    yield from (f"elsewhere {min(len(elsewhere), 2)}", f"elsewhere {min(len(elsewhere), 2)} {waiting.value}")
    if elsewhere:
        comes_first = all(other.start > place.start for other in elsewhere)
        comes_last = all(other.start < place.start for other in elsewhere)
        yield "first of several" if comes_first else "last of several" if comes_last else "among several"
    if any(other.prefecture == place.prefecture for other in others):
        yield "the same prefecture beside"


def _bounds(text: str, place: NamedPlace, ends: str) -> Tuple[int, int]:
    """Where the sentence or clause around a place begins and ends."""
    start = max(text.rfind(mark, 0, place.start) for mark in ends) + 1
    found = [at for at in (text.find(mark, place.end) for mark in ends) if at >= 0]
    return start, min(found, default=len(text))
