"""How closely a message, or one of its clauses, resembles sentences that are known: by the sentence encoder."""

from __future__ import annotations

from typing import Dict, Sequence, Text

import numpy as np
from numpy.typing import NDArray
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import clauses_in
from bot.nlu.encoder import encoded, encoded_once
from bot.nlu.rows import products
from bot.nlu.sentence_encoder import SentenceEncoder


def vectors_of(texts: Sequence[Text]) -> NDArray[np.float32]:
    """(texts, 512): what the encoder makes of them, of length 1."""
    return _of_length_1(encoded(texts))


def vectors_of_training(texts: Sequence[Text]) -> NDArray[np.float32]:
    """As `vectors_of`, for sentences of the training data: they are kept, which an owner's words must not be."""
    return _of_length_1(encoded_once(texts))


def likeness_of(message: Message, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(vectors,): the cosine of each with the message or that of its clauses that is the closest, from -1 to 1.

    Raises InvalidConfigException where SentenceEncoder has not read the message.
    """
    closest: NDArray[np.float32] = products(meaning_of_each_part(message), vectors).max(axis=0)
    return closest


def meaning_of_each_part(message: Message) -> NDArray[np.float32]:
    """(1 + clauses, 512): what the encoder made of the message and of each of its clauses, of length 1.

    Raises InvalidConfigException where SentenceEncoder has not read the message.
    """
    return _of_length_1(np.vstack([meaning_of(part) for part in (message, *clauses_in(message))]))


def likest(likeness: NDArray[np.float32], names: Sequence[Text], least: float, most: int) -> Dict[Text, float]:
    """The names of what is at least so like, the likest first, at most so many, each with its likeness."""
    best: Dict[Text, float] = {}
    like = np.flatnonzero(likeness >= least)
    for row in like[np.argsort(-likeness[like], kind="stable")].tolist():
        if len(best) == most:
            break
        best.setdefault(names[row], round(float(likeness[row]), 4))
    return best


def meaning_of(message: Message) -> NDArray[np.float32]:
    """(1, 512): what SentenceEncoder made of the message."""
    for feature in message.features:
        if feature.is_dense() and SentenceEncoder.__name__ in feature.origin:
            return np.asarray(feature.features)
    raise InvalidConfigException("config.yml: expected SentenceEncoder before whatever asks what a message is like")


def _of_length_1(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)
