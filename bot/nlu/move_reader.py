"""Reads everything that a message does in its place: its moves, each with a confidence, learned from data/turns."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Text, Tuple, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.consult.place import Place, Waiting
from bot.knowledge import Knowledge, load_knowledge
from bot.nlu.configured import check_number
from bot.nlu.move_features import MoveFeatures
from bot.nlu.multi_label_classifier import MultiLabelClassifier
from bot.nlu.own_place_finder import FACTS
from bot.nlu.picks import Label, Picks, Told, label_of, pairs_of
from bot.nlu.turn_examples import LABEL, PLACE, labels_of, place_of_message, row_of
from bot.nlu.turn_rows import LabelledMove, TurnRow

MOVES = "moves"
_FILE = "moves.npz"
_READ = "label_as_it_was_read"
_SMALLEST_C = 0.001
# Moves that speak for or against a pick, the pick's own first.
_ABOUT_A_PICK = ("pick", "yes", "no", "refuses", "does_not_know", "not_problem")
_OF_KINDS = ("problem", "not_problem", "asks", "feels", "complains", "fact", "pick", "distress")
_THRESHOLDS = (*_OF_KINDS, "denied", "sub_issue", "other", "beside", "another_pick", "likeliest")
# What ends or changes the talk is never named because nothing else is likelier; a fact stands beside what is done.
_NOT_GUESSED = frozenset(
    {"distress", "fact", "refuses", "starts_over", "stops", "wants_person", "wants_to_be_forgotten", "will_go"}
)
_NEARLY = 0.05  # so much less sure a denial may be than the worry that it denies
# What openings and small words of data/nlu were not labelled with, so that they teach nothing of it.
_UNLABELLED_IN_OPENINGS = (
    "problem",
    "not_problem",
    "denies",
    "fact",
    "feels",
    "pick",
    "complains",
    "refuses",
    "does_not_know",
)
_SAYS_NOTHING = "skip"  # わからない, 別に: no question, whichever of the two it is
_EVERY_OPENING, _EVERY_SMALL_WORD = 6, 2  # so many more would cost half a minute of training and change nothing
_SMALL_WORDS = {
    "affirm": "yes",
    "deny": "no",
    "distress": "distress",
    "goodbye": "stops",
    "greet": "greets",
    "restart": "starts_over",
    "thank": "thanks",
}
_SMALL_WORDS_STAND = (Waiting.ANYTHING_ELSE, Waiting.OPEN, Waiting.NONE, Waiting.OTHER_ISSUE, Waiting.SUB_ISSUE)


class Kind(NamedTuple):
    """What is told apart: a move, and of some its argument; `detail` is a sub-issue or the value of a stage."""

    move: str
    argument: str = ""
    detail: str = ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MoveReader(RasaIntentClassifier, GraphComponent):
    """A message with its place, features, intents and entities in; `moves` out, likeliest first.

    Each move is a mapping with `move`, its arguments as in ../shared/eval/TURNS.md, and `confidence` from 0 to 1. A
    move is named from the confidence that config.yml gives for its kind; confidences are those of voices held out.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """A dense featurizer comes first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> List[Text]:
        """Packages to have installed."""
        return ["sklearn"]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        C: how closely the data is followed. beside: from which confidence a move is named beside a surer one;
        another_pick: the same of a second answer that was offered. likeliest: from which the likeliest move is named
        where none is sure. The others: from which confidence a move of that kind is named at all.
        """
        check_number(config, cls.__name__, "C", least=_SMALLEST_C)
        for name in _THRESHOLDS:
            check_number(config, cls.__name__, name, most=1.0)

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MoveReader:
        """A reader before training."""
        return cls(config, load_knowledge(), model_storage, resource)

    def __init__(
        self, config: Dict[Text, Any], knowledge: Knowledge, model_storage: ModelStorage, resource: Resource
    ) -> None:
        self.validate_config(config)
        self._config = config
        self._knowledge = knowledge
        self._model_storage = model_storage
        self._resource = resource
        self._features = MoveFeatures(knowledge)
        self._kinds: List[Kind] = []
        self._moves = MultiLabelClassifier(config["C"])
        self._picks = Picks()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the rows of data/turns. Raises InvalidConfigException where there are none."""
        messages = [example for example in training_data.training_examples if row_of(example) is not None]
        rows = [row for row in map(row_of, messages) if row is not None]
        if not rows:
            raise InvalidConfigException("data/turns: there are no messages to learn moves from")
        labels = [example for example in training_data.training_examples if example.get(LABEL)]
        self._kinds = sorted({kind for row in rows for kind in kinds_of(row)})
        features = self._features.fit(messages)
        wanted = _as_matrix(rows, self._kinds)
        beside, taught = self._beside(training_data)
        confidences = self._moves.fit(features, wanted, [row.voice for row in rows], beside, taught)
        read = dict(zip((label.get(TEXT) for label in labels), self._read(labels), strict=True))
        self._fit_picks(messages, rows, read, confidences)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **self._learnt())
        return self._resource

    def _beside(self, training_data: TrainingData) -> Tuple[csr_matrix, NDArray[np.int8]]:
        """Features of openings and small words of data/nlu, and what they teach: 1 a move, 0 none, -1 nothing.

        They teach what they say by themselves, and that a worry told is no question. Whatever may stand beside that in
        them was not labelled. What the classifier made of them says nothing, since it was trained on them.
        """
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        told = {*self._knowledge.issues, _SAYS_NOTHING}
        openings = [e for e in examples if e.get(INTENT) in told][::_EVERY_OPENING]
        small = [e for e in examples if _small_word(e) is not None][::_EVERY_SMALL_WORD]
        for number, example in enumerate(small):
            waiting = _SMALL_WORDS_STAND[number % len(_SMALL_WORDS_STAND)]
            below = waiting in (Waiting.ANYTHING_ELSE, Waiting.OTHER_ISSUE)
            example.set(PLACE, Place(waiting, road=("商工会議所",) if below else ()))
        taught = np.full((len(openings) + len(small), len(self._kinds)), -1, dtype=np.int8)
        columns = [column for column, kind in enumerate(self._kinds) if kind.move not in _UNLABELLED_IN_OPENINGS]
        taught[:, columns] = 0
        for row, example in enumerate(small, start=len(openings)):
            taught[row, self._kinds.index(Kind(_small_word(example) or ""))] = 1
        beside = [*openings, *small]
        features = self._features.of(beside).matrix() if beside else csr_matrix((0, 0))
        for example in small:
            example.set(PLACE, None)
        return features, taught

    def _fit_picks(
        self,
        messages: Sequence[Message],
        rows: Sequence[TurnRow],
        labels: Mapping[str, Label],
        confidences: NDArray[np.float64],
    ) -> None:
        places = self._features.places(list(messages))
        pairs, taken = [], []
        for message, row, sure, place in zip(messages, rows, confidences, places, strict=True):
            if row.place.offered:
                pairs.append(pairs_of(message, labels, self._about_a_pick(sure), self._told(sure), place))
                picked = {move.n for move in row.moves if move.move == "pick"}
                taken += [position + 1 in picked for position in range(len(row.place.offered))]
        self._picks.fit(np.vstack(pairs), np.array(taken))

    def _about_a_pick(self, confidences: NDArray[np.float64]) -> NDArray[np.float64]:
        known = dict(zip(self._kinds, confidences, strict=True))
        return np.array([known.get(Kind(move), 0.0) for move in _ABOUT_A_PICK])

    def _told(self, confidences: NDArray[np.float64]) -> Told:
        """What a message with these confidences tells, an issue or sub-issue a column."""
        return Told(*(confidences[columns] for columns in self._columns_told()))

    def _columns_told(self) -> Tuple[List[int], List[int], List[int]]:
        """Columns of the issues, of their sub-issues, and, issue by issue as the first, of those that are denied."""
        column_of = {kind: column for column, kind in enumerate(self._kinds)}
        problems = [kind for kind in self._kinds if kind.move == "problem" and not kind.detail]
        denied = [kind for kind in problems if Kind("denies", kind.argument) in column_of]
        return (
            [column_of[kind] for kind in denied],
            [column for kind, column in column_of.items() if kind.move == "problem" and kind.detail],
            [column_of[Kind("denies", kind.argument)] for kind in denied],
        )

    def _read(self, labels: Sequence[Message]) -> List[Label]:
        """Labels, each read as if it were a message that opens the talk."""
        if not labels:
            return []
        confidences = self._moves.confidences(self._features.of(list(labels)))
        return [label_of(label, self._told(sure)) for label, sure in zip(labels, confidences, strict=True)]

    def _labels_offered(self, message: Message) -> Dict[str, Label]:
        """The labels offered where a message stands; each is read once, and kept with it."""
        offered = labels_of(message)
        new = [label for label in offered.values() if label.get(_READ) is None]
        for label, read in zip(new, self._read(new), strict=True):
            label.set(_READ, read)
        return {text: label.get(_READ) for text, label in offered.items()}

    def _learnt(self) -> Dict[str, NDArray[Any]]:
        parts = {"features": self._features.learnt(), "moves": self._moves.learnt(), "picks": self._picks.learnt()}
        arrays = {f"{name}.{key}": array for name, learnt in parts.items() for key, array in learnt.items()}
        return {**arrays, "kinds": np.array(self._kinds)}

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MoveReader:
        """The trained reader."""
        reader = cls(config, load_knowledge(), model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            reader._kinds = [Kind(*kind) for kind in kept["kinds"].tolist()]
            for name, part in (("features", reader._features), ("moves", reader._moves), ("picks", reader._picks)):
                part.take_over({key[len(name) + 1 :]: kept[key] for key in kept if key.startswith(f"{name}.")})
        return reader

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the moves to every message."""
        if not messages:
            return messages
        confidences = self._moves.confidences(self._features.of(messages))
        places = self._features.places(messages)
        for message, sure, place in zip(messages, confidences, places, strict=True):
            by_kind = dict(zip(self._kinds, sure.tolist(), strict=True))
            picks = self._picks_of(message, sure, place)
            named = [*self._named(by_kind, message, self._threshold), *self._picked(picks)]
            if all(move["move"] == "fact" for move in named):
                named += self._likeliest(by_kind, picks, message)
            named += [{"move": "fact", **fact} for fact in message.get(FACTS) or []]
            agreeing = _without_contradictions(named)
            sure_beside = [m for m in agreeing[1:] if m["confidence"] >= self._config["beside"]]
            message.set(MOVES, [*agreeing[:1], *sure_beside], add_to_output=True)
        return messages

    def _threshold(self, move: str) -> float:
        threshold: float = self._config[move if move in _OF_KINDS else "other"]
        return threshold

    def _likeliest(self, sure: Mapping[Kind, float], picks: Sequence[float], message: Message) -> List[Dict[str, Any]]:
        """The likeliest move where none is sure: every message does something. Its confidence says how sure that is."""
        least: float = self._config["likeliest"]
        guessed = {kind: confidence for kind, confidence in sure.items() if kind.move not in _NOT_GUESSED}
        likely = [*self._named(guessed, message, lambda _: least), *_picks_from(picks, least)]
        return sorted(likely, key=lambda move: -float(move["confidence"]))[:1]

    def _named(
        self, sure: Mapping[Kind, float], message: Message, threshold: Callable[[str], float]
    ) -> Iterator[Dict[str, Any]]:
        """The moves that are sure enough, but for picks and for what is only a detail of another."""
        for kind, confidence in sure.items():
            if kind.move in ("pick", "denies") or (kind.move == "problem" and kind.detail):
                continue
            if confidence < threshold(kind.move):
                continue
            move = {"move": kind.move, "confidence": confidence}
            if kind.move == "problem":
                yield {**move, "issue": kind.argument, **self._sub_issue(kind.argument, sure)}
            elif kind.move == "not_problem":
                yield {**move, "issue": _surest(sure, "denies", self._config["denied"])}
            elif kind.move == "asks":
                yield {**move, "about": kind.argument, **_institution_in(message)}
            elif kind.move == "feels":
                yield {**move, "how": kind.argument}
            elif kind.move == "complains":
                yield {**move, "about": kind.argument}
            elif kind.move == "fact":
                yield {**move, "slot": kind.argument, "value": kind.detail}
            else:
                yield move

    def _sub_issue(self, issue: str, sure: Mapping[Kind, float]) -> Dict[str, str]:
        clear = {k.detail: s for k, s in sure.items() if k.move == "problem" and k.argument == issue and k.detail}
        best = max(clear, key=lambda sub_issue: clear[sub_issue], default="")
        return {"sub_issue": best} if best and clear[best] >= self._config["sub_issue"] else {}

    def _picks_of(self, message: Message, sure: NDArray[np.float64], place: NDArray[np.float32]) -> List[float]:
        """How sure it is of each answer offered that the message takes it; empty where none was."""
        if not place_of_message(message).offered:
            return []
        pairs = pairs_of(message, self._labels_offered(message), self._about_a_pick(sure), self._told(sure), place)
        confidences: List[float] = self._picks.confidences(pairs).tolist()
        return confidences

    def _picked(self, picks: Sequence[float]) -> List[Dict[str, Any]]:
        """The answers taken; a second one has to be surer, since most questions have one answer."""
        surest_first = sorted(_picks_from(picks, self._threshold("pick")), key=lambda move: -float(move["confidence"]))
        others = [move for move in surest_first[1:] if move["confidence"] >= self._config["another_pick"]]
        return [*surest_first[:1], *others]


def _picks_from(picks: Sequence[float], least: float) -> List[Dict[str, Any]]:
    numbered = enumerate(picks, start=1)
    return [{"move": "pick", "n": n, "confidence": confidence} for n, confidence in numbered if confidence >= least]


def kinds_of(row: TurnRow) -> Iterator[Kind]:
    """What a row teaches: each of its moves, with what goes into more detail beside it."""
    for move in row.moves:
        yield from _kinds_of(move)


def _kinds_of(move: LabelledMove) -> Iterator[Kind]:
    if move.move == "problem":
        yield Kind("problem", move.issue or "")
        if move.sub_issue:
            yield Kind("problem", move.issue or "", move.sub_issue)
    elif move.move == "not_problem":
        yield Kind("not_problem")
        if move.issue:
            yield Kind("denies", move.issue)
    elif move.move == "fact":
        if move.slot == "stage":
            yield Kind("fact", "stage", move.value or "")
    else:
        yield Kind(move.move, move.about or move.how or "")


def _small_word(example: Message) -> Optional[str]:
    """The move that an example of data/nlu is by itself, where it is one of the small words."""
    kind = ((example.get("metadata") or {}).get("intent") or {}).get("kind")
    if (example.get(INTENT), kind) == ("affirm", "goes"):
        return "will_go"
    if kind is not None:
        return None
    return _SMALL_WORDS.get(example.get(INTENT))


def _as_matrix(rows: Sequence[TurnRow], kinds: Sequence[Kind]) -> NDArray[np.bool_]:
    columns = {kind: column for column, kind in enumerate(kinds)}
    matrix = np.zeros((len(rows), len(kinds)), dtype=bool)
    for number, row in enumerate(rows):
        matrix[number, [columns[kind] for kind in kinds_of(row)]] = True
    return matrix


def _surest(sure: Mapping[Kind, float], move: str, least: float) -> Optional[str]:
    """The argument of a move with the most confidence, None where that is less than this."""
    found: List[Tuple[float, str]] = [(s, kind.argument) for kind, s in sure.items() if kind.move == move]
    confidence, argument = max(found, default=(0.0, ""))
    return argument if confidence >= least else None


def _without_contradictions(named: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The moves, surest first, without a worry that is denied more surely; of a yes and a no the surer."""
    surest_first = sorted(named, key=lambda move: -float(move["confidence"]))
    kept: List[Dict[str, Any]] = []
    denied = {move["issue"]: move["confidence"] for move in surest_first if move["move"] == "not_problem"}
    for move in surest_first:
        answered = any(other["move"] in ("yes", "no") for other in kept)
        doubted = move["move"] == "problem" and denied.get(move["issue"], 0.0) + _NEARLY >= move["confidence"]
        if not doubted and not (answered and move["move"] in ("yes", "no")):
            kept.append(move)
    return kept


def _institution_in(message: Message) -> Dict[str, str]:
    """The institution that a question names, by its id; none where it names none."""
    named = next((e["value"] for e in message.get(ENTITIES) or [] if e["entity"] == "institution"), None)
    return {"institution": named} if named else {}
