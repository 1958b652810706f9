"""The shape in which our extractors hand entities to Rasa."""

from __future__ import annotations

from typing import Any, Dict


def entity(kind: str, value: str, text: str, start: int, end: int, extractor: str) -> Dict[str, Any]:
    """An entity of `kind`; `start` and `end` (exclusive) are positions in `text`, `surface` is what stands there."""
    return {
        "entity": kind,
        "value": value,
        "start": start,
        "end": end,
        "surface": text[start:end],
        "extractor": extractor,
    }
