"""Takes the wish for call-back."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, say
from actions.staff import pass_on_wish
from bot.consult.heard import reading_from

NUMBER_FOLLOWS = "call_back"  # bot/frame/turns.py puts the owner's own words, with the number, in the wish's place


class ActionNoteCallBack(Action):
    """Pass on whether and how the owner wants to be called back; it goes to staff alone, into no slot.

    Nothing here sees the number itself: it goes into the handoff and nowhere else, when the turn is over.
    """

    def name(self) -> str:
        return "action_note_call_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        if reading_from(tracker.latest_message).choice is not None:
            say(dispatcher, "utter_no_call_back")
            return []
        if pass_on_wish(tracker):
            say(dispatcher, "utter_call_back_noted", effect=NUMBER_FOLLOWS)
        else:
            say(dispatcher, "utter_passed_on")
        return []
