"""The choices that stand beside every conversation, and can be pressed at any time: to have the records deleted."""

from __future__ import annotations

from functools import lru_cache

import yaml

from bot.messages import Choice
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

_FILE = ROOT / "data" / "channels" / "beside.yml"


class BesideError(SetUpError):
    """The file of these choices is wrong; the message says what is expected."""


@lru_cache(maxsize=1)
def wish_to_be_forgotten() -> Choice:
    """The choice that starts the question whether the records are to be deleted. Raises BesideError."""
    try:
        return Choice(**yaml.safe_load(_FILE.read_text(encoding="utf-8"))["forget"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BesideError(f"{_FILE.name}: expected forget with an id and a label ({error})") from error
