"""Starts the consultation anew."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, remember, say
from actions.staff import take_back
from bot.consult.consultation import ISSUE, Consultation
from bot.operator.desk import desk


class ActionRestart(Action):
    """Put what was said aside, say how long it stays, take the conversation back from staff, offer the ten issues.

    Takes the place of Rasa's own restart, which says nothing.
    """

    def name(self) -> str:
        return "action_restart"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.paused:
            take_back(tracker)
        say(dispatcher, "utter_restart", days=str(desk().keep_days))
        fresh = Consultation()
        return remember(before, ask(dispatcher, fresh, ISSUE))
