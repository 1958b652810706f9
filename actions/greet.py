"""Greets the owner."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, remember, say
from bot.consult.consultation import ISSUE


class ActionGreet(Action):
    """Say what this desk is and offer the ten issues; where a question waits, come back to it."""

    def name(self) -> str:
        return "action_greet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.question is not None:
            say(dispatcher, "utter_greet_again")
            return [FollowupAction("action_return")]
        say(dispatcher, "utter_greet")
        return remember(before, ask(dispatcher, before, ISSUE))
