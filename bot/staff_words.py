"""What is said around a person of the staff: to owners, when one comes and goes, and to staff, when somebody waits."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, Extra, ValidationError, validator

from bot.operator.set_up import SetUpError
from bot.paths import ROOT

_FILE = ROOT / "data" / "channels" / "staff.yml"


class StaffWordsError(SetUpError):
    """The file cannot be read; the message says where it is wrong."""


class _Part(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class Tell(_Part):
    """To staff: that somebody waits, why, since when, and where to read it."""

    subject: str
    body: str
    asked: str
    distress: str

    @validator("body")
    def _leads_there(cls, text: str) -> str:  # noqa: N805
        return _with(text, "why", "since", "link")


class StaffWords(_Part):
    """All of the file; {name} is the name that the person goes by."""

    came: str
    went: str
    left: str
    said: str
    tell: Tell

    @validator("came", "went", "left")
    def _names_them(cls, text: str) -> str:  # noqa: N805
        return _with(text, "name")

    @validator("said")
    def _has_their_words(cls, text: str) -> str:  # noqa: N805
        return _with(text, "name", "words")


@lru_cache(maxsize=1)
def staff_words() -> StaffWords:
    """The words in data/channels/staff.yml. Raises StaffWordsError."""
    return words_from(_FILE)


def words_from(file: Path) -> StaffWords:
    """The words in a file. Raises StaffWordsError."""
    try:
        return StaffWords.parse_obj(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise StaffWordsError(f"{file.name}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise StaffWordsError(f"{file.name}: {' > '.join(map(str, first['loc']))}: {first['msg']}") from error


def _with(text: str, *names: str) -> str:
    for name in names:
        if f"{{{name}}}" not in text:
            raise ValueError(f"expected {{{name}}} in it")
    return text
