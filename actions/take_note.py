"""Notes what the owner's message says, before anything is answered."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from bot.consult.heard import heard_from, reading_from
from bot.consult.listening import listen
from bot.store import is_with_staff

_BEGINS_ANEW = "begins_anew"  # set by bot.frame.trackers


class ActionTakeNote(Action):
    """Keep in slots what the message says and settles, and that staff has given the conversation back.

    Takes the place of Rasa's slot mappings. Who begins anew, since nobody can read what they said, is told so first.
    """

    def name(self) -> str:
        return "action_extract_slots"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        given_back = before.paused and not is_with_staff(tracker.sender_id)
        heard = heard_from(tracker.latest_message)
        reading = reading_from(tracker.latest_message)
        after = listen(knowledge(), before.resumed() if given_back else before, heard, reading)
        return [*_tell_who_begins_anew(dispatcher, tracker), *remember(before, after)]


def _tell_who_begins_anew(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    if not tracker.get_slot(_BEGINS_ANEW):
        return []
    say(dispatcher, "utter_begin_anew")
    return [SlotSet(_BEGINS_ANEW, None)]
