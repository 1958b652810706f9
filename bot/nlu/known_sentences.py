"""Components that say which known sentences a message resembles: they encode them in training and look them up."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Text, Tuple, Type

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge import KNOWLEDGE_FOLDER, Knowledge, load_knowledge
from bot.nlu.configured import check_number
from bot.nlu.likeness import likeness_of, vectors_of
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.normalization import text_to_read

_FILE = "sentences.npz"


class KnownSentences(GraphComponent):
    """The feature of SentenceEncoder in; what `found` makes of the likeness of the known sentences out, under `output`.

    The likeness is the cosine between the message, or that of its clauses that is the closest, and a sentence. They are
    encoded in training (a second for four hundred); a message takes a tenth of a millisecond.
    """

    output: Text  # where it stands in the message
    files: Text  # of the knowledge, as a pattern: a change of them is a change of the model
    numbers: Tuple[Text, ...]  # of config.yml, from 0 to 1

    @classmethod
    def required_components(cls) -> List[Type[GraphComponent]]:
        """The encoder comes first."""
        return [SentenceEncoder]

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        """Raises InvalidConfigException where a number is missing or makes no sense."""
        for name in cls.numbers:
            check_number(config, cls.__name__, name, most=1)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """So that plain `rasa train` notices a change of the sentences."""
        digest = hashlib.sha256()
        for path in sorted(Path(KNOWLEDGE_FOLDER).glob(cls.files)):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KnownSentences:
        """A component before training."""
        return cls(config, model_storage, resource)

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._names: List[Text] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    @abstractmethod
    def sentences(self, knowledge: Knowledge) -> Iterable[Tuple[Text, Text]]:
        """The known sentences, each with the name of what it stands for."""

    @abstractmethod
    def found(self, likeness: NDArray[np.float32], names: List[Text]) -> Dict[Text, float]:
        """What to pass on, of the likeness of each sentence, shape (sentences,), and their names."""

    def train(self, training_data: TrainingData) -> Resource:
        """Encodes the sentences."""
        named = [(name, text_to_read(sentence)) for name, sentence in self.sentences(load_knowledge())]
        with self._model_storage.write_to(self._resource) as folder:
            vectors = vectors_of([sentence for _, sentence in named]).astype(np.float16)
            np.savez(folder / _FILE, names=np.array([name for name, _ in named]), vectors=vectors)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KnownSentences:
        """The component with its sentences encoded."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as kept:
            component._names = kept["names"].tolist()
            component._vectors = kept["vectors"].astype(np.float32)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what each message resembles."""
        for message in messages:
            message.set(self.output, self.found(likeness_of(message, self._vectors), self._names), add_to_output=True)
        return messages
