"""Welcomes an owner who comes back after a long silence."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, say
from bot.consult.telling import told


class ActionWelcomeBack(Action):
    """Say where we were, offer to go on from there, and put the question that waits in other words."""

    def name(self) -> str:
        return "action_welcome_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        understood = told(knowledge(), consultation_of(tracker))
        if understood:
            say(dispatcher, "utter_welcome_back", told=understood)
        else:
            say(dispatcher, "utter_welcome_back_briefly")
        return [FollowupAction("action_return")]
