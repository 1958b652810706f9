"""Frozen data as the plain values that JSON carries."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any


def plain(value: Any) -> Any:
    """A dataclass as a dictionary of its fields, and what is in it likewise; tuples become lists.

    `dataclasses.asdict` copies every string on the way, in case it could be changed, and took a twentieth of a turn.
    """
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if is_dataclass(value):
        return {name: plain(part) for name, part in vars(value).items()}
    return value
