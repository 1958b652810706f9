"""What a model was measured to do, as it goes from the process that measures to the one that keeps it."""

from __future__ import annotations

import json
from typing import List, Sequence

from bot.store import Kind, Result


def as_json(results: Sequence[Result]) -> str:
    """All results as one text."""
    return json.dumps(
        [[one.kind.value, one.name, one.content, one.is_right, one.found] for one in results], ensure_ascii=False
    )


def from_json(text: str) -> List[Result]:
    """The results that the text stands for."""
    return [Result(Kind(kind), name, content, right, found) for kind, name, content, right, found in json.loads(text)]
