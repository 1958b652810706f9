"""Text as LINE counts it: messages in UTF-16 units, labels in grapheme clusters.

Source: https://developers.line.biz/en/docs/messaging-api/text-character-count/
"""

from __future__ import annotations

from typing import Iterable, List, Sequence, Tuple

import regex

_CLUSTERS = regex.compile(r"\X")
_SENTENCES = regex.compile(r"[^。！？!?\n]*[。！？!?\n]+[」』）)\s]*|[^。！？!?\n]+")
_UNPRINTABLE = regex.compile(r"[\p{Cc}--[\n\t]]", regex.V1)
_MORE = "…"


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clusters(text: str) -> int:
    """How many characters a reader sees."""
    return sum(1 for _ in _CLUSTERS.finditer(text))


def printable(text: str) -> str:
    """The text without halves of characters and control characters, which make LINE refuse a whole message."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNPRINTABLE.sub("", whole)


def shortened(text: str, most: int) -> str:
    """At most `most` characters as a reader sees them; where some are left out, the last is an ellipsis."""
    seen = _CLUSTERS.findall(text)
    return text if len(seen) <= most else "".join(seen[: most - 1]) + _MORE


def shortened_to_units(text: str, most: int) -> str:
    """At most `most` UTF-16 units, never ending within a character."""
    return text if units(text) <= most else split(text, most - 1)[0] + _MORE


def split(text: str, most: int) -> Tuple[str, ...]:
    """The text in pieces of at most `most` UTF-16 units, parted after sentences, or within one that is too long."""
    pieces: List[str] = [""]
    for sentence in _SENTENCES.findall(text):
        for part in [sentence] if units(sentence) <= most else _parts(sentence, most):
            if units(pieces[-1]) + units(part) > most:
                pieces.append("")
            pieces[-1] += part
    return tuple(piece for piece in (piece.strip("\n") for piece in pieces) if piece.strip())


def _parts(sentence: str, most: int) -> Iterable[str]:
    """Pieces of a sentence that is too long; a character is only parted where it is too long itself."""
    part = ""
    for cluster in _CLUSTERS.findall(sentence):
        for character in [cluster] if units(cluster) <= most else cluster:
            if units(part) + units(character) > most:
                yield part
                part = ""
            part += character
    yield part


def without(text: str, spans: Sequence[Tuple[int, int]]) -> str:
    """The text without stretches of it, each given by its start and length in UTF-16 units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    for start, length in sorted(set(spans), reverse=True):
        encoded = encoded[: 2 * start] + encoded[2 * (start + length) :]
    return encoded.decode("utf-16-le", "replace")
