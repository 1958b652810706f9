"""How closely a message, or one of its clauses, resembles sentences that are known: by the sentence encoder."""

from __future__ import annotations

from typing import Dict, Sequence, Text

import numpy as np
from numpy.typing import NDArray
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import clauses_in
from bot.nlu.rows import products
from bot.nlu.sentence_encoder import SentenceEncoder, encoder

_BATCH = 64


def vectors_of(texts: Sequence[Text]) -> NDArray[np.float32]:
    """(texts, 512): what the encoder makes of them, of length 1."""
    batches = [list(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
    return _of_length_1(np.vstack([np.atleast_2d(encoder().encode(batch)) for batch in batches]))


def likeness_of(message: Message, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(vectors,): the cosine of each with the message or that of its clauses that is the closest, from -1 to 1.

    Raises InvalidConfigException where SentenceEncoder has not read the message.
    """
    closest: NDArray[np.float32] = likeness_of_each_part(message, vectors).max(axis=0)
    return closest


def likeness_of_each_part(message: Message, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(1 + clauses, vectors): the cosine of each with the message, and with each of its clauses, from -1 to 1.

    Raises InvalidConfigException where SentenceEncoder has not read the message.
    """
    parts = np.vstack([meaning_of(part) for part in (message, *clauses_in(message))])
    return products(_of_length_1(parts), vectors)


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
