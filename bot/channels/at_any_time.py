"""The choices that an owner can press at any time on every channel, read from data/channels/at_any_time.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Tuple

import yaml

from bot.messages import BACK_TO_BOT, IN_DISTRESS, PERSON, TO_BE_FORGOTTEN, Choice
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

_FILE = ROOT / "data" / "channels" / "at_any_time.yml"
_IDS = (PERSON, IN_DISTRESS, TO_BE_FORGOTTEN, BACK_TO_BOT)
_LONGEST_LABEL = 20  # the least that a service shows whole: LINE's buttons


class AtAnyTimeError(SetUpError):
    """The file cannot be read; the message says where it is wrong."""


@lru_cache(maxsize=1)
def _all() -> Tuple[Choice, ...]:
    return choices_in(_FILE)


def at_any_time() -> Tuple[Choice, ...]:
    """A person to talk to, and help in distress: beside the conversation. Raises AtAnyTimeError for a wrong file."""
    return tuple(choice for choice in _all() if choice.id in (PERSON, IN_DISTRESS))


def wish_to_be_forgotten() -> Choice:
    """To have the records deleted: below the notice on what is kept. Raises AtAnyTimeError for a wrong file."""
    return next(choice for choice in _all() if choice.id == TO_BE_FORGOTTEN)


def way_back() -> Choice:
    """To have the bot back from a person of the staff. Raises AtAnyTimeError for a wrong file."""
    return next(choice for choice in _all() if choice.id == BACK_TO_BOT)


def choice_at_any_time(choice_id: str) -> "Choice | None":
    """The choice of this id; None for any other than those. Raises AtAnyTimeError."""
    return next((choice for choice in _all() if choice.id == choice_id), None)


def choices_in(file: Path) -> Tuple[Choice, ...]:
    """The choices in a file, in the order in which they are shown. Raises AtAnyTimeError."""
    try:
        labels: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise AtAnyTimeError(f"{file.name}: {' '.join(str(error).split())}") from error
    if not isinstance(labels, dict) or set(labels) != set(_IDS):
        raise AtAnyTimeError(f"{file.name}: expected {', '.join(_IDS)}, each with its label")
    for choice_id, label in labels.items():
        if not isinstance(label, str) or not 0 < len(label.strip()) <= _LONGEST_LABEL:
            raise AtAnyTimeError(f"{file.name}: {choice_id}: expected a label of at most {_LONGEST_LABEL} characters")
    return tuple(Choice(choice_id, labels[choice_id]) for choice_id in _IDS)
