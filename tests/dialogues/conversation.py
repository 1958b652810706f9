"""Holds the conversations of tests/dialogues/*.yml with the real bot; where one goes differently, shows it whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import yaml
from rasa.core.agent import Agent
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.consult.state import Consultation
from bot.frame.kept import consultation_in, slots_of
from bot.frame.plan import plan_in

FOLDER = Path(__file__).parent
FALLBACKS = ("utter_not_understood", "utter_not_understood_again", "utter_not_caught", "utter_hand_to_people")


@dataclass(frozen=True)
class Conversation:
    """One written conversation: a title and its lines, in the order they are said."""

    title: str
    file: str
    lines: Tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Turn:
    """What the bot did after one message of the owner: `by` the lines of the table of manners that had a say."""

    owner: str
    by: Tuple[str, ...]
    actions: Tuple[str, ...]
    utterances: Tuple[str, ...]
    parts: Tuple[Mapping[str, Any], ...]
    text: str
    slots: Mapping[str, Any]
    consultation: Consultation

    @property
    def referral(self) -> Optional[Mapping[str, Any]]:
        return next((part for part in self.parts if part["type"] == "referral"), None)


def conversations() -> List[Conversation]:
    """Every conversation in this folder."""
    return [
        Conversation(entry["title"], path.name, tuple(entry["say"]))
        for path in sorted(FOLDER.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


async def hold(bot: Agent, conversation: Conversation) -> None:
    """Say the owner's lines, compare the bot's with what is written; AssertionError at the first difference."""
    sender = uuid.uuid4().hex
    turns: List[Turn] = []
    for line in conversation.lines:
        if "after_hours" in line:
            await _let_time_pass(bot, sender, float(line["after_hours"]))
        if "owner" in line:
            turns.append(await say(bot, sender, str(line["owner"])))
        for key, expected in line.items():
            if key in ("owner", "after_hours"):
                continue
            difference = _CHECKS[key](turns[-1], expected)
            if difference:
                raise AssertionError(_shown(conversation, turns, key, expected, difference))
    for before, after in zip(turns, turns[1:], strict=False):
        same = set(before.utterances) & set(after.utterances) & set(FALLBACKS)
        repeated = before.text == after.text and same
        if repeated:
            raise AssertionError(_shown(conversation, turns, "fallback", "another one", f"{same} twice in a row"))


async def _let_time_pass(bot: Agent, sender: str, hours: float) -> None:
    """Everything said so far lies this much longer back."""
    tracker = await bot.tracker_store.retrieve_full_tracker(sender)
    for event in tracker.events:
        event.timestamp -= 3600 * hours
    consultation = consultation_in(tracker.get_slot)
    long_ago = consultation.with_talk(heard_at=(consultation.talk.heard_at or 0.0) - 3600 * hours)
    tracker.update_with_events([SlotSet(name, value) for name, value in slots_of(long_ago).items()], bot.domain)
    await bot.tracker_store.save(tracker)


async def say(bot: Agent, sender: str, message: str) -> Turn:
    """One message of the owner, and what the bot did."""
    await bot.handle_text(message, sender_id=sender)
    tracker: DialogueStateTracker = await bot.tracker_store.retrieve(sender)
    spoken = list(tracker.events)
    events = spoken[max(i for i, event in enumerate(spoken) if isinstance(event, UserUttered)) :]
    said = [event for event in events if isinstance(event, BotUttered)]
    consultation = consultation_in(tracker.get_slot)
    return Turn(
        owner=message,
        by=plan_in(tracker.get_slot).by,
        actions=tuple(e.action_name for e in events if isinstance(e, ActionExecuted) and e.action_name),
        utterances=tuple(event.metadata.get("utter_action") or "" for event in said),
        parts=tuple(event.data["custom"] for event in said if event.data.get("custom")),
        text="\n".join(event.text or "" for event in said),
        slots=_told(consultation),
        consultation=consultation,
    )


def _told(consultation: Consultation) -> Dict[str, Any]:
    """What the consultation holds, by the words that the written conversations use."""
    owner, talk, search, roads = consultation.owner, consultation.talk, consultation.search, consultation.roads
    return {
        "issue": consultation.issue,
        "sub_issue": consultation.sub_issue,
        "question": consultation.question.value if consultation.question else None,
        "prefecture": owner.prefecture,
        "municipality": owner.municipality,
        "industry": owner.industry,
        "employee_count": owner.employee_count,
        "stage": owner.stage,
        "other_issues": list(consultation.others),
        "kept_sub_issues": [str(matter) for matter in roads.later if matter.sub_issue],
        "symptom": search.symptom,
        "told": [str(answer) for answer in search.told],
        "paused": talk.paused,
    }


def _asks(turn: Turn, question: Optional[str]) -> str:
    waiting = turn.slots.get("question")
    return "" if waiting == question else f"the question that waits is {waiting}"


def _refers(turn: Turn, institutions: List[str]) -> str:
    if turn.referral is None:
        return f"no referral; it was decided by {turn.by}"
    found = [step["institution_id"] for step in turn.referral["steps"]]
    places = [found.index(name) if name in found else -1 for name in institutions]
    return "" if -1 not in places and places == sorted(places) else f"the road is {found}"


def _cites(turn: Turn, place: str) -> str:
    cited = [step["citation"] for step in turn.referral["steps"]] if turn.referral else []
    return "" if any(citation.startswith(f"{place}、") for citation in cited) else f"the road cites {cited}"


def _issue(turn: Turn, issue: str) -> str:
    return "" if turn.slots.get("issue") == issue else f"the issue is {turn.slots.get('issue')}, decided by {turn.by}"


def _sub_issue(turn: Turn, sub_issue: Optional[str]) -> str:
    found = turn.slots.get("sub_issue")
    return "" if found == sub_issue else f"the sub-issue is {found}"


def _says(turn: Turn, name: str) -> str:
    done = (*turn.actions, *turn.utterances)
    return "" if name in done else f"it did {[entry for entry in done if entry != 'action_listen']}"


def _does_not_say(turn: Turn, text: str) -> str:
    return f"it said {text}" if text in turn.text else ""


def _mentions(turn: Turn, text: str) -> str:
    return "" if text in turn.text else "it is not mentioned"


def _slots(turn: Turn, expected: Dict[str, Any]) -> str:
    wrong = {name: turn.slots.get(name) for name, value in expected.items() if turn.slots.get(name) != value}
    return f"the slots are {wrong}" if wrong else ""


_CHECKS = {
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


def _shown(conversation: Conversation, turns: List[Turn], key: str, expected: Any, difference: str) -> str:
    title = f"{conversation.file}: {conversation.title}"
    return "\n".join([title, *shown(turns), f"expected {key}: {expected}; but {difference}"])


def shown(turns: Sequence[Turn]) -> List[str]:
    """A conversation to read, a line each; the facts on cards are left out."""
    lines = []
    for turn in turns:
        lines.append(f"  owner: {turn.owner}   [{', '.join(turn.by)}]")
        lines += [f"    bot: {line}" for line in turn.text.splitlines() if not line.startswith("・")]
    return lines
