"""Comes back to where the conversation was."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, remember, say
from bot.consult.consultation import ISSUE


class ActionReturn(Action):
    """Put the waiting question again in other words; where none waits, go on with the issue, or ask for it."""

    def name(self) -> str:
        return "action_return"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.question is None and before.answered:
            say(dispatcher, "utter_go_on")
            return []
        if before.question is None and before.issue is not None:
            return [FollowupAction("action_consult")]
        return remember(before, ask(dispatcher, before, before.question or ISSUE, again=True))
