"""A bot that does what it is told after each message, and keeps its conversations as Rasa's agent does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Tuple

from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from bot.consult.state import Consultation
from bot.consult.state.kept import slots_of


@dataclass(frozen=True)
class Done:
    """What the bot does after a message: its actions in order, and the consultation as it stands then."""

    actions: Tuple[str, ...]
    consultation: Consultation = Consultation()


class ScriptedBot:
    """Stands in for the trained agent: `done` says by the owner's words what it does."""

    def __init__(self, domain: Domain, done: Mapping[str, Done]) -> None:
        self.domain = domain
        self.tracker_store = InMemoryTrackerStore(domain)
        self.processor = self  # the agent's processor has the tracker store as well
        self._done = done

    async def handle_message(self, message: UserMessage) -> None:
        """Take a message and do what was scripted for it."""
        done = self._done[str(message.text)]
        events: list[Event] = [UserUttered(message.text)]
        for action in done.actions:
            events.append(ActionExecuted(action))
            if action.startswith("utter_"):
                events.append(BotUttered(f"（{action}）", metadata={"utter_action": action}))
        events += [SlotSet(name, value) for name, value in slots_of(done.consultation).items()]
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        tracker.update_with_events([*events, ActionExecuted("action_listen")], self.domain)
        await self.tracker_store.save(tracker)
