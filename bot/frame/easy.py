"""やさしい日本語: plain words, with readings or in kana alone, for who would rather."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Mapping, Optional

import yaml

from bot.frame.known import knowledge
from bot.kana import in_kana, with_readings
from bot.paths import ROOT

EASY = ROOT / "data" / "easy.yml"
_READ_ALREADY = "[一-龥々]+（[ぁ-んー]+）"
_ADDRESS = ("url", "href", "id", "type")  # fields of a message part that nobody reads aloud


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    texts: Mapping[str, str] = yaml.safe_load(EASY.read_text(encoding="utf-8"))
    return texts


def easy_text(response: str) -> Optional[str]:
    """The response in plain words, or None where it is only said in one way."""
    return _texts().get(response)


def easily_read(words: str, kana_alone: bool) -> str:
    """The words with the reading behind those in kanji, names of institutions whole: 商工会（しょうこうかい）.

    `kana_alone`: all but those names in kana.
    """
    read = in_kana if kana_alone else with_readings
    written, end = [], 0
    for found in _as_they_are().finditer(words):
        written += [read(words[end : found.start()]), _with_its_reading(found)]
        end = found.end()
    return "".join([*written, read(words[end:])])


def _with_its_reading(found: "re.Match[str]") -> str:
    name, is_read_already = found.group("name"), found.group("read")
    return found.group() if name is None or is_read_already else f"{name}（{_readings()[name]}）"


def part_easily_read(part: Any, kana_alone: bool) -> Any:
    """The same for every text of a message part in JSON; addresses and ids stay as they are."""
    if isinstance(part, dict):
        return {k: value if k in _ADDRESS else part_easily_read(value, kana_alone) for k, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [part_easily_read(value, kana_alone) for value in part]
    return easily_read(part, kana_alone) if isinstance(part, str) else part


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, str]:
    return {one.name: one.reading for one in knowledge().institutions.values() if one.reading}


@lru_cache(maxsize=1)
def _as_they_are() -> "re.Pattern[str]":
    """What is written in kanji all the same: names of institutions, and words with their reading behind them."""
    longest_first = sorted(_readings(), key=len, reverse=True)
    names = "|".join(map(re.escape, longest_first))
    return re.compile(f"(?P<name>{names})(?P<read>（[ぁ-ん]+）)?|{_READ_ALREADY}")
