"""Finds which known answers a message may be asking for: 匿名でもいいですか is close to 名前を出さずに相談できる？."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Text, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import load_knowledge
from bot.nlu.answer_trust import AnswerTrust, Way
from bot.nlu.clauses import clauses_in
from bot.nlu.configured import check_number
from bot.nlu.fingerprints import digest_of
from bot.nlu.known_sentences import KnownSentences
from bot.nlu.likeness import likest, meaning_of_each_part, vectors_of_training
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.normalization import text_to_read

ANSWERS = "answers"
TRUST = "answer_trust"
ANSWERS_BY_CLAUSE = "answers_by_clause"
_FILE = "answers.npz"
_MOST = 60  # answers passed on: of several institutions, of which the talk says which is meant
_MOST_OF_A_CLAUSE = 30  # the same of each clause of a message that asks several things


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class AnswerReader(GraphComponent):
    """The feature of SentenceEncoder in; `answers` out: {id of an answer: likeness from `like` to 1}, the likest first.

    The likeness is the cosine between the message, or one of its clauses, and a way of asking it. `answer_trust` has
    for the likest of them how far each can be trusted to be what is asked for, from 0 to 1 (AnswerTrust).
    `answers_by_clause` has the text of each clause, with the `answers` and the `trust` of that alone.
    The ways of asking are encoded in training (some seconds); a message takes two milliseconds on a slow machine.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        like: what resembles a way of asking less is not like it.
        """
        check_number(config, cls.__name__, "like", most=1)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """So that plain `rasa train` notices a change of the answers, or of the questions that have none."""
        return f"{digest_of('answers/*.yml')}{digest_of('fields.yml')}"

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerReader:
        """A reader before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._answers: List[Text] = []
        self._trust = AnswerTrust([])
        self._known = KnownSentences()

    def train(self, training_data: TrainingData) -> Resource:
        """Encodes the ways of asking, and learns what to trust."""
        ways = _ways_of_asking()
        vectors = vectors_of_training([way.text for way in ways])
        trust = AnswerTrust(ways)
        texts = [text_to_read(load_knowledge().answers[name].text) for name in trust.answers]
        trust.fit(vectors, texts, vectors_of_training(texts))
        known = KnownSentences()
        known.fit(vectors)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **_arrays_of(ways), **known.learnt(), **trust.learnt())
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerReader:
        """The reader with the ways of asking encoded."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            ways = _ways_in(kept)
            reader._answers = [way.answer for way in ways if way.answer is not None]
            reader._known.take_over(kept)
            reader._trust = AnswerTrust(ways)
            reader._trust.take_over(kept)
        return reader

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the answers that each message may be asking for."""
        for message in messages:
            clauses = clauses_in(message)
            meanings = meaning_of_each_part(message)
            whole, *by_clause = self._known.likeness(meanings)
            closest = np.vstack([whole, *by_clause]).max(axis=0)
            message.set(ANSWERS, self._likest(closest, _MOST), add_to_output=True)
            text = text_to_read(message.get(TEXT) or "")
            message.set(TRUST, self._trust.of(text, meanings[0], whole), add_to_output=True)
            parts = [
                {
                    "text": clause.get(TEXT),
                    "answers": self._likest(likeness, _MOST_OF_A_CLAUSE),
                    "trust": self._trust.of(text_to_read(clause.get(TEXT) or ""), meaning, likeness),
                }
                for clause, meaning, likeness in zip(clauses, meanings[1:], by_clause, strict=True)
            ]
            message.set(ANSWERS_BY_CLAUSE, parts, add_to_output=True)
        return messages

    def _likest(self, likeness: NDArray[np.float32], most: int) -> Dict[Text, float]:
        return likest(likeness[: len(self._answers)], self._answers, self._config["like"], most)


def _ways_of_asking() -> List[Way]:
    """Those of every answer, and behind them those of every field."""
    knowledge = load_knowledge()
    of_answers = [
        Way(text_to_read(way), one.field, one.id, one.topic, one.scope.institution is not None)
        for one in knowledge.answers.values()
        for way in one.asked_as
    ]
    return [
        *of_answers,
        *(Way(text_to_read(w), field.id) for field in knowledge.fields.values() for w in field.asked_as),
    ]


def _arrays_of(ways: List[Way]) -> Dict[Text, NDArray[Any]]:
    return {name: np.array([getattr(way, name) or "" for way in ways], dtype=str) for name in Way._fields}


def _ways_in(kept: Mapping[Text, NDArray[Any]]) -> List[Way]:
    columns = (kept[name].tolist() for name in Way._fields)
    return [
        Way(text, field, answer or None, topic or None, bool(of_an_institution))
        for text, field, answer, topic, of_an_institution in zip(*columns, strict=True)
    ]
