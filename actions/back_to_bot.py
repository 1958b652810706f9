"""Brings the owner back from staff."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, say
from actions.staff import take_back


class ActionBackToBot(Action):
    """Take the conversation back from staff and go on where it was."""

    def name(self) -> str:
        return "action_back_to_bot"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        take_back(tracker)
        say(dispatcher, "utter_back_to_bot")
        consultation = consultation_of(tracker)
        under_way = consultation.issue is not None and consultation.question is None and not consultation.answered
        return [FollowupAction("action_consult" if under_way else "action_return")]
