"""What the reading of moves sees of a message: its words, its meaning, what the classifier made of it, its place."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix
from sklearn.decomposition import PCA

from bot.consult.place import Waiting
from bot.knowledge import Knowledge
from bot.nlu.intent_classifier import CONFIDENCES
from bot.nlu.rows import Rows
from bot.nlu.term_weights import TermWeights, sequences, with_pairs
from bot.nlu.text_features import dense_features
from bot.nlu.tokenizer import text_of
from bot.nlu.turn_examples import place_of_message

_PARTS = re.compile(r"[。、！!？?\n,. ]+")
_SENTENCES = re.compile(r"[。！!？?\n]+")
_EDGE = 14  # characters of the first part and of the last sentence: はい、 and …ではないんですが
_SHORT, _LONG = 12, 200
_AXES, _RANDOM_STATE = 256, 42

# In how many messages a term stands at least, to be known.
_FEWEST = {"characters": 3, "words": 2, "first": 3, "last": 3, "first in place": 3, "words in place": 3}
# What each kind weighs, chosen on voices left out. What the message begins with, and what it says, once more by what
# waits: はい to an offer is no はい to an open question. That alone found 92 of 100 yeses instead of 84.
_WEIGHTS = {
    "characters": 1.0,
    "words": 1.0,
    "first": 0.4,
    "last": 0.4,
    "first in place": 0.3,
    "words in place": 0.3,
}
_MEANING, _INTENTS, _INTENTS_IN_PLACE, _PLACE = 0.5, 0.2, 0.2, 0.15


class MoveFeatures:
    """TF-IDF of the characters and words of a message, of how it begins and ends, and of both by what waits; its
    meaning on the 256 axes along which messages differ most, the confidences of the intents of it and its clauses, and
    its place.

    The axes change no figure of docs/evaluation.md against all 812 columns and the maxima over the clauses, and the
    machines are fitted on them in a third of the time.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._issues = {issue: column for column, issue in enumerate(knowledge.issues)}
        self._waiting = {waiting: column for column, waiting in enumerate(Waiting)}
        self._terms = {name: TermWeights(fewest) for name, fewest in _FEWEST.items()}
        self._middle: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._axes: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._mean: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._usual_intents: NDArray[np.float64] = np.zeros(0)

    def fit(self, messages: List[Message]) -> csr_matrix:
        """Learns which terms there are, the axes and the means; returns the features of the messages."""
        for name, terms in self._terms.items():
            terms.fit([_terms_of(message, name) for message in messages])
        self._usual_intents = np.mean([message.get(CONFIDENCES)[0] for message in messages], axis=0)
        meanings = np.stack([dense_features(message)[0] for message in messages])
        count = min(_AXES, *meanings.shape)
        axes = PCA(count, svd_solver="randomized", random_state=_RANDOM_STATE).fit(meanings)
        self._middle, self._axes = axes.mean_.astype(np.float32), axes.components_.T.astype(np.float32)
        self._mean = self._around(messages).mean(axis=0)
        return self.of(messages).matrix()

    def of(self, messages: List[Message]) -> Rows:
        """Of each message its terms, and behind them its meaning, what is around it, and its intents in its place."""
        terms = [known.of([_terms_of(message, name) for message in messages]) for name, known in self._terms.items()]
        meanings = np.stack([dense_features(message)[0] for message in messages])
        meanings = _MEANING * (meanings - self._middle) @ self._axes
        around = self._around(messages) - self._mean
        dense = np.hstack([meanings, around, self._intents_in_place(messages)])
        return Rows(terms, [_WEIGHTS[name] for name in self._terms], dense)

    def places(self, messages: List[Message]) -> NDArray[np.float32]:
        """(messages, place): what waits, the issue in hand, whether anything is offered and was shown, and length."""
        return np.stack([self._place(message) for message in messages])

    def _intents(self, message: Message) -> NDArray[np.float64]:
        """(1 + clauses, intents); of an opening that the classifier was trained on as if it were as any."""
        confidences: Any = message.get(CONFIDENCES)
        return self._usual_intents[np.newaxis] if confidences is None else np.asarray(confidences)

    def _around(self, messages: List[Message]) -> NDArray[np.float32]:
        """What the classifier made of each message and its clauses, and where the message stands."""
        parts = []
        for message in messages:
            intents = self._intents(message)
            seen = (_INTENTS * intents[0], _INTENTS * intents.max(axis=0), _PLACE * self._place(message))
            parts.append(np.hstack(seen))
        return np.asarray(parts, dtype=np.float32)

    def _intents_in_place(self, messages: List[Message]) -> NDArray[np.float64]:
        """The intents of the message and its clauses, in columns of their own for each place; 0 in all others."""
        width = len(self._usual_intents)
        intents = np.zeros((len(messages), width * len(self._waiting)))
        for row, message in zip(intents, messages, strict=True):
            first = width * self._waiting[place_of_message(message).waiting]
            row[first : first + width] = _INTENTS_IN_PLACE * self._intents(message).max(axis=0)
        return intents

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
        terms: Dict[str, NDArray[Any]] = {
            f"{name}/{key}": array for name, known in self._terms.items() for key, array in known.learnt().items()
        }
        terms.update(middle=self._middle, axes=self._axes, mean=self._mean, usual=self._usual_intents)
        return terms

    def take_over(self, learnt: Mapping[str, NDArray[Any]]) -> None:
        """Knows what was learnt before."""
        for name, known in self._terms.items():
            known.take_over({key: learnt[f"{name}/{key}"] for key in ("terms", "rarity")})
        self._middle, self._axes, self._mean = learnt["middle"], learnt["axes"], learnt["mean"]
        self._usual_intents = learnt["usual"]


def _terms_of(message: Message, name: str) -> List[str]:
    if name == "characters":
        return sequences(text_of(message).lower())
    if name == "words":
        return with_pairs(_words_of(message))
    if name == "first":
        return sequences(_first_of(message), 2)
    if name == "last":
        return sequences(_last_of(message), 2)
    waiting = place_of_message(message).waiting.value
    terms = sequences(_first_of(message), 2) if name == "first in place" else _words_of(message)
    return [f"{waiting} {term}" for term in terms]


def _first_of(message: Message) -> str:
    """How a message begins, between marks for its edges."""
    parts = [part for part in _PARTS.split(text_of(message).lower()) if part]
    return f"^{parts[0][:_EDGE] if parts else ''}$"


def _last_of(message: Message) -> str:
    """How the last sentence of a message ends, between marks for its edges."""
    sentences = [sentence for sentence in _SENTENCES.split(text_of(message).lower()) if sentence]
    return f"^{sentences[-1][-_EDGE:] if sentences else ''}$"


def _words_of(message: Message) -> List[str]:
    """GiNZA's normalised words."""
    return [word.lemma.replace(" ", "").lower() for word in message.get(TOKENS_NAMES[TEXT]) or [] if word.lemma.strip()]
