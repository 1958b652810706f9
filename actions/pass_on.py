"""Leaves a message to staff."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, say
from bot.consult.consultation import PAUSED


class ActionPassOn(Action):
    """Say once that staff has the message and how to come back to the bot; after that, keep still.

    Once a pause and session: an owner who comes back a day later is told again.
    """

    def name(self) -> str:
        return "action_pass_on"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        if not consultation_of(tracker).paused:  # staff gave it back while the message was being read
            return [FollowupAction("action_return")]
        if not _told(tracker):
            say(dispatcher, "utter_passed_on")
        return []


def _told(tracker: Tracker) -> bool:
    """Whether it was said since the pause began; a new session sets the slot anew."""
    for event in reversed(tracker.events):
        if event["event"] == "slot" and event["name"] == PAUSED:
            return False
        if event["event"] == "bot" and (event.get("metadata") or {}).get("utter_action") == "utter_passed_on":
            return True
    return False
