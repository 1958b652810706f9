"""What our classifiers see of a message: its characters, its words and the dense features, side by side."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Text

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from bot.nlu.rows import Rows
from bot.nlu.term_weights import TermWeights, sequences, with_pairs
from bot.nlu.tokenizer import PLACE_NAME, matter_of

_FEWEST = 3  # messages in which a character sequence or word stands, to be known


class TextFeatures:
    """TF-IDF of character 1- to 4-grams and of GiNZA's normalised words and pairs of them, and the dense features.

    `dense` is the weight of the dense features beside the others.
    """

    def __init__(self, dense: float) -> None:
        self._dense = dense
        self._characters = TermWeights(_FEWEST)
        self._words = TermWeights(_FEWEST)

    def fit(self, messages: List[Message]) -> csr_matrix:
        """Learns which characters and words there are, and returns the features of the messages."""
        self._characters.fit([_characters_of(message) for message in messages])
        self._words.fit([_words_of(message) for message in messages])
        return self.of(messages).matrix().astype(np.float32)

    def of(self, messages: List[Message]) -> Rows:
        """Of each message its characters, its words, and behind them the dense features."""
        characters = self._characters.of([_characters_of(message) for message in messages])
        words = self._words.of([_words_of(message) for message in messages])
        return Rows([characters, words], [1.0, 1.0], self._dense * self.dense(messages))

    def dense(self, messages: List[Message]) -> NDArray[np.float32]:
        """(messages, dense), as the featurizers before left them."""
        return np.vstack([dense_features(message) for message in messages])

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """The known character sequences and words in the order of their columns, and how rare each is."""
        return {
            **{f"characters/{key}": array for key, array in self._characters.learnt().items()},
            **{f"words/{key}": array for key, array in self._words.learnt().items()},
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        for name, known in (("characters", self._characters), ("words", self._words)):
            known.take_over({key: learnt[f"{name}/{key}"] for key in ("terms", "rarity")})


def _characters_of(message: Message) -> List[Text]:
    """All sequences of one to four characters of the matter."""
    return sequences(matter_of(message).lower())


def _words_of(message: Message) -> List[Text]:
    """GiNZA's normalised words but for names of places, and pairs of them."""
    words = message.get(TOKENS_NAMES[TEXT]) or []
    named = (word.lemma.replace(" ", "") for word in words if not word.get("tag").startswith(PLACE_NAME))
    return with_pairs([word for said in named for word in said.lower().split()])


def dense_features(message: Message) -> NDArray[np.float32]:
    """The dense sentence features of all featurizers before, side by side in one row."""
    sentence = [f for f in message.features if f.is_dense() and f.type == FEATURE_TYPE_SENTENCE]
    if not sentence:
        raise InvalidConfigException("config.yml: our classifiers expect a dense featurizer before them")
    return np.hstack([feature.features for feature in sentence])
