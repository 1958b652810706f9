"""The owners of the demonstration, as data/demo/owners.yml writes them."""

from __future__ import annotations

from enum import Enum
from typing import Mapping, Tuple

import yaml
from pydantic import BaseModel, Extra, ValidationError

from bot.paths import ROOT
from bot.store import Role

FOLDER = ROOT / "data" / "demo"
_FILE = FOLDER / "owners.yml"


class OwnersError(Exception):
    """The file is wrong; the message says where."""


class End(str, Enum):
    """How a talk ends: with thanks, without a word, before a road, with a sheet, or with a person."""

    THANKS = "thanks"
    SILENT = "silent"
    LEAVES = "leaves"
    SHEET = "sheet"
    PERSON = "person"


class _Read(BaseModel):
    class Config:
        """Read once, and no key that nobody reads."""

        extra = Extra.forbid
        frozen = True


class Script(_Read):
    """What several owners have in common: `often` says how many of them there are, `ends` how they end, by weight."""

    name: str
    often: int
    say: Tuple[str, ...]
    asks: Tuple[str, ...] = ()
    replies: Mapping[str, Tuple[str, ...]] = {}
    ends: Mapping[End, int]


class Member(_Read):
    """An account of the demonstration's staff."""

    name: str
    role: Role


class Reasons(_Read):
    """Why a consultation was of use to its owner, or not, in their words."""

    useful: Tuple[str, ...]
    not_useful: Tuple[str, ...]


class Owners(_Read):
    """The file. `waiting` are whole talks after which somebody of staff is waited for."""

    staff: Tuple[Member, ...]
    places: Tuple[str, ...]
    thanks: Tuple[str, ...]
    sheet: Tuple[str, ...]
    leaves: Tuple[str, ...]
    person: Tuple[str, ...]
    call_back: Tuple[str, ...]
    closing_words: Reasons
    waiting: Tuple[Tuple[str, ...], ...]
    scripts: Tuple[Script, ...]


def owners() -> Owners:
    """The owners of the demonstration. Raises OwnersError."""
    try:
        return Owners.parse_obj(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError) as error:
        raise OwnersError(f"{_FILE.name}: {' '.join(str(error).split())}") from error
