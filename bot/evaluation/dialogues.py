"""Holds written conversations (tests/dialogues) with the trained bot; says where one goes differently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import yaml
from rasa.core.agent import Agent

from bot.evaluation.talking import Held, let_time_pass, say, shown

FALLBACKS = ("utter_not_understood", "utter_not_understood_again", "utter_not_caught", "utter_hand_to_people")


@dataclass(frozen=True)
class Dialogue:
    """One written conversation: a title and its lines, in the order they are said."""

    title: str
    file: str
    lines: Tuple[Mapping[str, Any], ...]


def dialogues_in(path: Path) -> List[Dialogue]:
    """The conversations written in a file."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Dialogue(entry["title"], path.name, tuple(entry["say"])) for entry in entries]


async def hold(bot: Agent, dialogue: Dialogue, conversation: str) -> Optional[str]:
    """Say the owner's lines and compare the bot's with what is written.

    None where all goes as written, else the conversation up to the first difference, to read.
    """
    turns: List[Held] = []
    for line in dialogue.lines:
        if "after_hours" in line:
            await let_time_pass(bot, conversation, float(line["after_hours"]))
        if "owner" in line:
            turns.append(await say(bot, conversation, str(line["owner"])))
        for key, expected in line.items():
            difference = _CHECKS[key](turns[-1], expected) if key in _CHECKS else ""
            if difference:
                return _shown(dialogue, turns, f"expected {key}: {expected}; but {difference}")
    for before, after in zip(turns, turns[1:], strict=False):
        same = set(before.actions) & set(after.actions) & set(FALLBACKS)
        if before.text == after.text and same:
            return _shown(dialogue, turns, f"{', '.join(same)} was said twice in a row")
    return None


def _shown(dialogue: Dialogue, turns: List[Held], difference: str) -> str:
    return "\n".join([f"{dialogue.file}: {dialogue.title}", *shown(turns), difference])


def _asks(turn: Held, question: Optional[str]) -> str:
    waiting = turn.told["question"]
    return "" if waiting == question else f"the question that waits is {waiting}"


def _refers(turn: Held, institutions: List[str]) -> str:
    if turn.referral is None:
        return f"no referral; it was decided by {turn.by}"
    found = [step["institution_id"] for step in turn.referral["steps"]]
    places = [found.index(name) if name in found else -1 for name in institutions]
    return "" if -1 not in places and places == sorted(places) else f"the road is {found}"


def _cites(turn: Held, place: str) -> str:
    cited = [step["citation"] for step in turn.referral["steps"]] if turn.referral else []
    return "" if any(citation.startswith(f"{place}、") for citation in cited) else f"the road cites {cited}"


def _issue(turn: Held, issue: str) -> str:
    return "" if turn.told["issue"] == issue else f"the issue is {turn.told['issue']}, decided by {turn.by}"


def _sub_issue(turn: Held, sub_issue: Optional[str]) -> str:
    found = turn.told["sub_issue"]
    return "" if found == sub_issue else f"the sub-issue is {found}"


def _says(turn: Held, name: str) -> str:
    return "" if name in turn.actions else f"it did {list(turn.actions)}"


def _does_not_say(turn: Held, text: str) -> str:
    return f"it said {text}" if text in turn.text else ""


def _mentions(turn: Held, text: str) -> str:
    return "" if text in turn.text else "it is not mentioned"


def _slots(turn: Held, expected: Mapping[str, Any]) -> str:
    wrong = {name: turn.told[name] for name, value in expected.items() if turn.told[name] != value}
    return f"they are {wrong}" if wrong else ""


_CHECKS: Dict[str, Callable[[Held, Any], str]] = {
    "bot_asks": _asks,
    "bot_refers": _refers,
    "cites": _cites,
    "issue": _issue,
    "sub_issue": _sub_issue,
    "bot_says": _says,
    "bot_mentions": _mentions,
    "bot_does_not_say": _does_not_say,
    "slots": _slots,
}
