"""What our classifiers see of a message: its characters, its words and the dense features, side by side."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Text

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.tokenizer import PLACE_NAME, matter_of

_FEWEST = 3  # messages in which a character sequence or word stands, to be known
_CHARACTERS: Dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 4), "sublinear_tf": True}
_WORDS: Dict[str, Any] = {"token_pattern": r"\S+", "ngram_range": (1, 2), "sublinear_tf": True}


class TextFeatures:
    """TF-IDF of character 1- to 4-grams and of GiNZA's normalised words and pairs of them, and the dense features.

    `dense` is the weight of the dense features beside the others.
    """

    def __init__(self, dense: float) -> None:
        self._dense = dense
        self._characters = TfidfVectorizer(min_df=_FEWEST, **_CHARACTERS)
        self._words = TfidfVectorizer(min_df=_FEWEST, **_WORDS)

    def fit(self, messages: List[Message]) -> csr_matrix:
        """Learns which characters and words there are, and returns the features of the messages."""
        self._characters.fit([matter_of(message) for message in messages])
        self._words.fit([_words_of(message) for message in messages])
        return self.of(messages)

    def of(self, messages: List[Message]) -> csr_matrix:
        """(messages, characters + words + dense)."""
        characters = self._characters.transform([matter_of(message) for message in messages])
        words = self._words.transform([_words_of(message) for message in messages])
        dense = csr_matrix(self._dense * self.dense(messages))
        return hstack([characters, words, dense]).tocsr().astype(np.float32)

    def dense(self, messages: List[Message]) -> NDArray[np.float32]:
        """(messages, dense), as the featurizers before left them."""
        return np.vstack([dense_features(message) for message in messages])

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """The known character sequences and words in the order of their columns, and how rare each is."""
        return {
            "characters": self._characters.get_feature_names_out().astype(str),
            "characters_idf": self._characters.idf_,
            "words": self._words.get_feature_names_out().astype(str),
            "words_idf": self._words.idf_,
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._characters = TfidfVectorizer(vocabulary=learnt["characters"].tolist(), **_CHARACTERS)
        self._characters.idf_ = learnt["characters_idf"]
        self._words = TfidfVectorizer(vocabulary=learnt["words"].tolist(), **_WORDS)
        self._words.idf_ = learnt["words_idf"]


def _words_of(message: Message) -> Text:
    """GiNZA's normalised words but for names of places, separated by spaces."""
    words = message.get(TOKENS_NAMES[TEXT]) or []
    return " ".join(word.lemma.replace(" ", "") for word in words if not word.get("tag").startswith(PLACE_NAME))


def dense_features(message: Message) -> NDArray[np.float32]:
    """The dense sentence features of all featurizers before, side by side in one row."""
    sentence = [f for f in message.features if f.is_dense() and f.type == FEATURE_TYPE_SENTENCE]
    if not sentence:
        raise InvalidConfigException("config.yml: our classifiers expect a dense featurizer before them")
    return np.hstack([feature.features for feature in sentence])
