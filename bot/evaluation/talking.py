"""Talks to the trained bot as owners meet it, and keeps what it did at each turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Coroutine, Dict, List, Mapping, Optional, Sequence, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from bot.consult.reading.understood import PRESSED
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in, slots_of
from bot.frame.plan import plan_in
from bot.frame.turns import CollectedReplies
from bot.messages import Referral, message_from_reply

InTurn = Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]]
_NOT_OF_A_TURN = (ACTION_LISTEN_NAME, "action_session_start")


@dataclass(frozen=True)
class Held:
    """What the bot did after one message of the owner: `by` the lines of the table of manners that had a say.

    `words` are the responses in order, each with its words alone, without the part beside them; `text` is all of it, a
    road with its steps unfolded. `told` is what the consultation holds, by the words that written conversations use.
    """

    owner: str
    by: Tuple[str, ...]
    actions: Tuple[str, ...]
    parts: Tuple[Mapping[str, Any], ...]
    words: Tuple[Tuple[str, str], ...]
    text: str
    told: Mapping[str, Any]
    consultation: Consultation

    @property
    def utterances(self) -> Tuple[str, ...]:
        """The responses that were spoken, in order."""
        return tuple(name for name in self.actions if name.startswith("utter_"))

    @property
    def referral(self) -> Optional[Mapping[str, Any]]:
        """The road that was shown, as its message part, or None."""
        return next((part for part in self.parts if part["type"] == "referral"), None)


async def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """What comes of work with the bot, where nobody else waits for it."""
    return await work


async def say(bot: Agent, conversation: str, message: str, pressed: Optional[str] = None) -> Held:
    """One message of the owner, and what the bot did; `pressed` is the id of the choice whose label it is."""
    metadata = {PRESSED: pressed} if pressed else None
    await bot.handle_message(UserMessage(message, CollectedReplies(), conversation, metadata=metadata))
    tracker = await bot.tracker_store.retrieve(conversation)
    events = _since_the_message(list(tracker.events))
    said = [event for event in events if isinstance(event, BotUttered)]
    consultation = consultation_in(tracker.get_slot)
    return Held(
        owner=message,
        by=plan_in(tracker.get_slot).by,
        actions=_actions(events),
        parts=tuple(event.data["custom"] for event in said if event.data.get("custom")),
        words=tuple(map(_words, said)),
        text="\n".join(map(_whole, said)),
        told=_told(consultation),
        consultation=consultation,
    )


async def let_time_pass(bot: Agent, conversation: str, hours: float) -> None:
    """Everything said so far lies this much longer back."""
    tracker = await bot.tracker_store.retrieve_full_tracker(conversation)
    for event in tracker.events:
        event.timestamp -= 3600 * hours
    consultation = consultation_in(tracker.get_slot)
    heard_at = (consultation.talk.heard_at or 0.0) - 3600 * hours
    slots = slots_of(consultation.with_talk(heard_at=heard_at))
    tracker.update_with_events([SlotSet(name, value) for name, value in slots.items()], bot.domain)
    await bot.tracker_store.save(tracker)


def shown(turns: Sequence[Held]) -> List[str]:
    """A conversation to read, a line each; the facts on cards are left out."""
    lines = []
    for turn in turns:
        lines.append(f"  owner: {turn.owner}   [{', '.join(turn.by)}]")
        lines += [f"    bot: {line}" for line in turn.text.splitlines() if not line.startswith("・")]
    return lines


def _words(event: BotUttered) -> Tuple[str, str]:
    message = message_from_reply({"text": event.text, "custom": event.data.get("custom")})
    return event.metadata.get("utter_action") or "", message.words


def _whole(event: BotUttered) -> str:
    message = message_from_reply({"text": event.text, "custom": event.data.get("custom")})
    if isinstance(message.part, Referral):
        return "\n".join(filter(None, (message.words, message.part.whole())))
    return event.text or ""


def _since_the_message(events: List[Event]) -> List[Event]:
    return events[max(at for at, event in enumerate(events) if isinstance(event, UserUttered)) :]


def _actions(events: List[Event]) -> Tuple[str, ...]:
    """The actions run, each with what it spoke itself right behind it."""
    names: List[str] = []
    for event in events:
        if isinstance(event, ActionExecuted) and event.action_name not in _NOT_OF_A_TURN:
            names.append(str(event.action_name))
        elif isinstance(event, BotUttered):
            response = event.metadata.get("utter_action")
            if response and names[-1] != response:
                names.append(response)
    return tuple(names)


def _told(consultation: Consultation) -> Dict[str, Any]:
    owner, search, roads = consultation.owner, consultation.search, consultation.roads
    return {
        **{name: value for name, value in slots_of(consultation).items() if name != "consultation"},
        "municipality": owner.municipality,
        "industry": owner.industry,
        "employee_count": owner.employee_count,
        "stage": owner.stage,
        "other_issues": list(consultation.others),
        "kept_sub_issues": [str(matter) for matter in roads.later if matter.sub_issue],
        "symptom": search.symptom,
        "told": [str(answer) for answer in search.told],
    }
