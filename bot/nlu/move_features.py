"""What the reading of moves sees of a message: its words, its meaning, what the classifier made of it, its place."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.consult.place import Waiting
from bot.knowledge import Knowledge
from bot.nlu.clauses import clauses_in
from bot.nlu.intent_classifier import CONFIDENCES
from bot.nlu.text_features import dense_features
from bot.nlu.tokenizer import text_of
from bot.nlu.turn_examples import place_of_message

_CHARACTERS: Dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 4), "sublinear_tf": True}
_WORDS: Dict[str, Any] = {"token_pattern": r"\S+", "ngram_range": (1, 2), "sublinear_tf": True}
_FEWEST_CHARACTERS, _FEWEST_WORDS = 3, 2  # messages in which a sequence stands, to be known
_MOST_CLAUSES = 4
_SHORT, _LONG = 12, 200

# What each kind weighs beside characters and words, chosen on voices left out (docs/evaluation.md).
_MEANING, _CLAUSES, _INTENTS, _PLACE = 0.5, 0.2, 0.2, 0.15


class MoveFeatures:
    """TF-IDF of character 1- to 4-grams and of words and pairs, and around their means: the dense features of the
    message, their maxima over its clauses, the confidences of the intents of both, and the place."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._issues = {issue: column for column, issue in enumerate(knowledge.issues)}
        self._waiting = {waiting: column for column, waiting in enumerate(Waiting)}
        self._characters = TfidfVectorizer(min_df=_FEWEST_CHARACTERS, **_CHARACTERS)
        self._words = TfidfVectorizer(min_df=_FEWEST_WORDS, **_WORDS)
        self._mean: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._usual_intents: NDArray[np.float64] = np.zeros(0)

    def fit(self, messages: List[Message]) -> csr_matrix:
        """Learns which characters and words there are, and the means; returns the features of the messages."""
        self._characters.fit([text_of(message) for message in messages])
        self._words.fit([_words_of(message) for message in messages])
        self._usual_intents = np.mean([message.get(CONFIDENCES)[0] for message in messages], axis=0)
        self._mean = self._dense(messages).mean(axis=0)
        return self.of(messages)

    def of(self, messages: List[Message]) -> csr_matrix:
        """(messages, features)."""
        characters = self._characters.transform([text_of(message) for message in messages])
        words = self._words.transform([_words_of(message) for message in messages])
        around = csr_matrix(self._dense(messages) - self._mean)
        return hstack([characters, words, around]).tocsr().astype(np.float64)

    def places(self, messages: List[Message]) -> NDArray[np.float32]:
        """(messages, place): what waits, the issue in hand, whether anything is offered and was shown, and length."""
        return np.stack([self._place(message) for message in messages])

    def _dense(self, messages: List[Message]) -> NDArray[np.float32]:
        parts = []
        for message in messages:
            clauses = clauses_in(message)[:_MOST_CLAUSES]
            whole = dense_features(message)[0]
            most = np.max([dense_features(clause)[0] for clause in clauses], axis=0) if clauses else whole
            intents = message.get(CONFIDENCES)
            if intents is None:  # of an opening that the classifier was trained on: as if it were as any
                intents = self._usual_intents[np.newaxis]
            seen = (_MEANING * whole, _CLAUSES * most, _INTENTS * intents[0], _INTENTS * intents.max(axis=0))
            parts.append(np.hstack([*seen, _PLACE * self._place(message)]))
        return np.asarray(parts, dtype=np.float32)

    def _place(self, message: Message) -> NDArray[np.float32]:
        place, text = place_of_message(message), text_of(message)
        row = np.zeros(len(self._waiting) + len(self._issues) + 5, dtype=np.float32)
        row[self._waiting[place.waiting]] = 1
        if place.issue in self._issues:
            row[len(self._waiting) + self._issues[place.issue]] = 1
        row[-5:] = (
            bool(place.offered),
            bool(place.road),
            min(len(text), _LONG) / 100,
            len(text) < _SHORT,
            "?" in text,
        )
        return row

    def learnt(self) -> Dict[str, NDArray[Any]]:
        """What was learnt, as plain arrays."""
        return {
            "characters": self._characters.get_feature_names_out().astype(str),
            "characters_idf": self._characters.idf_,
            "words": self._words.get_feature_names_out().astype(str),
            "words_idf": self._words.idf_,
            "mean": self._mean,
        }

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        self._characters = TfidfVectorizer(vocabulary=learnt["characters"].tolist(), **_CHARACTERS)
        self._characters.idf_ = learnt["characters_idf"]
        self._words = TfidfVectorizer(vocabulary=learnt["words"].tolist(), **_WORDS)
        self._words.idf_ = learnt["words_idf"]
        self._mean = learnt["mean"]


def _words_of(message: Message) -> str:
    """GiNZA's normalised words, separated by spaces."""
    return " ".join(word.lemma.replace(" ", "") for word in message.get(TOKENS_NAMES[TEXT]) or [])
