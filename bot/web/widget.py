"""The widget's script as pages load it: its code, with its words and what is at hand at this desk set in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

import yaml

from bot.messages import Choice
from bot.operator.set_up import SetUpError
from bot.paths import ROOT

WORDS = ROOT / "data" / "channels" / "web.yml"
_PLACE = "{/* set in */}"
_WORD = re.compile(r"\bWORDS\.(\w+)")
# What only people who work on it read: lines of comment, but the licence, and indentation.
_ASIDE = re.compile(r"^ *(?://[^\n]*|/\*(?!!).*?\*/) *\n|^ +", re.MULTILINE | re.DOTALL)


class WidgetWordsError(SetUpError):
    """The file of the widget's words cannot be used; the message says why."""


@dataclass(frozen=True)
class Telephone:
    """The number of the operator's own desk, whose it is, and when somebody answers, in words."""

    number: str
    name: str
    hours: str


@dataclass(frozen=True)
class AtHand:
    """What the widget offers without being told: buttons for any time, what one can ask about, whom to call."""

    at_any_time: Tuple[Choice, ...]
    topics: Tuple[Choice, ...]
    telephone: Optional[Telephone] = None


def script(code: str, words: Path, at_hand: AtHand) -> bytes:
    """The code with all that belongs to it, as short as it goes over the wire.

    Raises WidgetWordsError where a word that it says is not there.
    """
    set_in = {
        "words": _words(words, set(_WORD.findall(code))),
        "labels": {choice.id: choice.label for choice in at_hand.at_any_time},
        "topics": [{"id": choice.id, "label": choice.label} for choice in at_hand.topics],
        "phone": vars(at_hand.telephone) if at_hand.telephone else None,
    }
    filled_in = json.dumps(set_in, ensure_ascii=False, separators=(",", ":"))
    return _ASIDE.sub("", code).replace(_PLACE, filled_in, 1).encode()


def _words(file: Path, said: "set[str]") -> Mapping[str, Any]:
    try:
        words = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise WidgetWordsError(f"{file.name}: {' '.join(str(error).split())}") from error
    if not isinstance(words, dict):
        raise WidgetWordsError(f"{file.name}: expected a text under each name")
    wrong = sorted(said.symmetric_difference(map(str, words)))
    if wrong:
        raise WidgetWordsError(f"{file.name}: missing, or said nowhere: {', '.join(wrong)}")
    return words
