"""Holds written conversations (tests/dialogues) with the trained bot; says where one goes differently."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, AsyncGenerator, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import yaml
from rasa.core.agent import Agent

from bot.evaluation.talking import Held, InTurn, at_once, let_time_pass, say, shown

_MAY_BE_NOTHING = ("bot_asks", "issue", "sub_issue")
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


@dataclass(frozen=True)
class Difference:
    """Where a conversation goes otherwise: in which of its lines (from 0), under which key of it, and how it goes now.

    `now` is what the key would have to say. `key` is empty where the bot did not catch what was said, twice in a row,
    and said so in the same words (`told`): no line is wrong then.
    """

    line: int
    key: str
    expected: Any
    now: Any
    told: str

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing can stand under the key: a sentence that is not said any more, a road that is not shown."""
        return self.now is None and self.key not in _MAY_BE_NOTHING


@dataclass(frozen=True)
class Outcome:
    """How a conversation went, to its end: a turn for each message of the owner, and every difference."""

    turns: Tuple[Held, ...]
    differences: Tuple[Difference, ...]


async def hold(bot: Agent, dialogue: Dialogue, conversation: str) -> Optional[str]:
    """Say the owner's lines and compare the bot's with what is written.

    None where all goes as written, else the conversation up to the first difference, to read.
    """
    turns: List[Held] = []
    async with aclosing(_held(bot, dialogue, conversation, turns, at_once)) as differences:
        async for found in differences:
            return _shown(dialogue, turns, f"expected {found.key}: {found.expected}; but {found.told}")
    twice = _twice(turns)
    return _shown(dialogue, turns[: twice[0] + 1], f"{twice[1]} was said twice in a row") if twice else None


async def hold_to_the_end(bot: Agent, dialogue: Dialogue, conversation: str, in_turn: InTurn = at_once) -> Outcome:
    """The same to its end; `in_turn` awaits each message, in its turn among those of others."""
    turns: List[Held] = []
    differences = [found async for found in _held(bot, dialogue, conversation, turns, in_turn)]
    twice = _twice(turns)
    if twice is not None:
        owners = [at for at, line in enumerate(dialogue.lines) if "owner" in line]
        differences.append(Difference(owners[twice[0]], "", None, None, twice[1]))
    return Outcome(tuple(turns), tuple(differences))


async def _held(
    bot: Agent, dialogue: Dialogue, conversation: str, turns: List[Held], in_turn: InTurn
) -> AsyncGenerator[Difference, None]:
    """Say the owner's lines, each turn into `turns`; yields what differs, as soon as it does."""
    for at, line in enumerate(dialogue.lines):
        if "after_hours" in line:
            await in_turn(let_time_pass(bot, conversation, float(line["after_hours"])))
        if "owner" in line:
            turns.append(await in_turn(say(bot, conversation, str(line["owner"]), line.get("pressed"))))
        for key, expected in line.items():
            difference = _CHECKS[key](turns[-1], expected) if key in _CHECKS else ""
            if difference:
                yield Difference(at, key, expected, _NOW[key](turns[-1], expected), difference)


def _twice(turns: Sequence[Held]) -> Optional[Tuple[int, str]]:
    """At which turn the bot said for the second time in a row that it had not understood, and how."""
    for at, (before, after) in enumerate(zip(turns, turns[1:], strict=False), start=1):
        same = set(before.actions) & set(after.actions) & set(FALLBACKS)
        if before.text == after.text and same:
            return at, ", ".join(sorted(same))
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


def _road_now(turn: Held, institutions: List[str]) -> Optional[List[str]]:
    return [step["institution_id"] for step in turn.referral["steps"]] if turn.referral else None


def _place_now(turn: Held, place: str) -> Optional[str]:
    return str(turn.referral["steps"][0]["citation"]).partition("、")[0] if turn.referral else None


def _said_now(turn: Held, name: str) -> Optional[str]:
    return next(iter(turn.utterances), None)


def _slots_now(turn: Held, expected: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: turn.told[name] for name in expected}


# What the keys would have to say, by what the bot did. That a sentence is said, or is not, can only be left out.
_NOW: Dict[str, Callable[[Held, Any], Any]] = {
    "bot_asks": lambda turn, expected: turn.told["question"],
    "bot_refers": _road_now,
    "cites": _place_now,
    "issue": lambda turn, expected: turn.told["issue"],
    "sub_issue": lambda turn, expected: turn.told["sub_issue"],
    "bot_says": _said_now,
    "bot_mentions": lambda turn, expected: None,
    "bot_does_not_say": lambda turn, expected: None,
    "slots": _slots_now,
}
