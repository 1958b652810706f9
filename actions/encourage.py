"""Sees off an owner who is going to ask at an institution."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.acknowledging import remind
from actions.conversation import Events, ask_what_else, consultation_of, remember, say
from bot.consult.consultation import OTHER_ISSUE


class ActionEncourage(Action):
    """Wish the owner well and remind of what cannot wait; what else was brought up is asked about.

    Where no road has been shown yet, the words are a yes like any other.
    """

    def name(self) -> str:
        return "action_encourage"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if not before.referred:
            return [FollowupAction("action_return")]
        say(dispatcher, "utter_encourage")
        remind(dispatcher, tracker, before)
        if before.question != OTHER_ISSUE:
            return remember(before, replace(before, standing=True))
        return remember(before, ask_what_else(dispatcher, before, again=True))
