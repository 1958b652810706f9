"""やさしい日本語: responses in plain words and kana, and institutions with their reading, for who would rather."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Mapping, Optional

import yaml

from bot.frame.known import knowledge
from bot.paths import ROOT

EASY = ROOT / "data" / "easy.yml"
_ADDRESS = ("url", "href", "id", "type")  # fields of a message part that nobody reads aloud


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    texts: Mapping[str, str] = yaml.safe_load(EASY.read_text(encoding="utf-8"))
    return texts


def easy_text(response: str) -> Optional[str]:
    """The response in plain words, or None where it is only said in one way."""
    return _texts().get(response)


def with_readings(words: str) -> str:
    """The words with the reading behind the name of each institution: 商工会議所（しょうこうかいぎしょ）."""
    return _names().sub(_with_its_reading, words)


def _with_its_reading(found: "re.Match[str]") -> str:
    name, is_read_already = found.groups()
    return found.group() if is_read_already else f"{name}（{_readings()[name]}）"


def part_with_readings(part: Any) -> Any:
    """The same for every text of a message part in JSON; addresses and ids stay as they are."""
    if isinstance(part, dict):
        return {key: value if key in _ADDRESS else part_with_readings(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [part_with_readings(value) for value in part]
    return with_readings(part) if isinstance(part, str) else part


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, str]:
    return {one.name: one.reading for one in knowledge().institutions.values() if one.reading}


@lru_cache(maxsize=1)
def _names() -> "re.Pattern[str]":
    longest_first = sorted(_readings(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})(（?)")
