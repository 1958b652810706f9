"""Finds which answers of the triage an owner's own words resemble: もう歳だ is close to 自分や親の年を感じる."""

from __future__ import annotations

from typing import Any, Dict, List, Text, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.knowledge import Triage, load_knowledge
from bot.nlu.configured import check_number
from bot.nlu.likeness import likeness_of, likest, vectors_of
from bot.nlu.sentence_encoder import SentenceEncoder

SYMPTOMS = "symptoms"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SymptomReader(GraphComponent):
    """The feature of SentenceEncoder in; `symptoms` out: {symptom/answer: likeness from `like` to 1}, at most `most`.

    The likeness is the cosine between the message, or one of its clauses, and the answer's label or what it says.
    Encoding the answers takes half a second when the model is loaded, a message some hundredths of a millisecond.
    """

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SymptomReader:
        """A reader of the triage that the knowledge has."""
        cls.validate_config(config)
        return cls(load_knowledge().triage, config["like"], config["most"])

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense.

        like: what resembles an answer less is not like it. most: how many answers are passed on, the likest first.
        """
        check_number(config, cls.__name__, "like", most=1)
        check_number(config, cls.__name__, "most", least=1)

    def __init__(self, triage: Triage, like: float, most: int) -> None:
        self._like = like
        self._most = most
        texts = [
            (f"{symptom.id}/{answer.id}", text)
            for symptom in triage.symptoms.values()
            for answer in symptom.answers
            for text in (answer.label, answer.said, *answer.like)
        ]
        self._answers = [answer for answer, _ in texts]
        self._vectors = vectors_of([text for _, text in texts])

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the answers that each message resembles."""
        for message in messages:
            likeness = likeness_of(message, self._vectors)
            message.set(SYMPTOMS, likest(likeness, self._answers, self._like, self._most), add_to_output=True)
        return messages
