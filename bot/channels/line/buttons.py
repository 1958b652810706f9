"""What stands behind the bot's own buttons on LINE, and back: a choice with its label, or a field of the menu."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Mapping, Optional, Union

from bot.messages import Choice


@dataclass(frozen=True)
class PressedChoice:
    """A choice that the bot offered, as it was offered."""

    choice: str
    label: str


@dataclass(frozen=True)
class PressedMenu:
    """A field of the rich menu."""

    menu: str


Button = Union[PressedChoice, PressedMenu]


def data_of(button: Button) -> str:
    """What LINE keeps with the button and sends back when it is pressed."""
    return json.dumps(asdict(button), ensure_ascii=False, separators=(",", ":"))


def button_of_choice(choice: Choice) -> PressedChoice:
    """The button of a choice."""
    return PressedChoice(choice.id, choice.label)


def button_in(data: str) -> Optional[Button]:
    """The button with this data; None where it is none of ours."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if _has_texts(found, "choice", "label"):
        return PressedChoice(found["choice"], found["label"])
    return PressedMenu(found["menu"]) if _has_texts(found, "menu") else None


def _has_texts(found: Any, *keys: str) -> bool:
    return isinstance(found, Mapping) and set(found) == set(keys) and all(isinstance(found[key], str) for key in keys)
