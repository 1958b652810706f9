"""Notes what the owner's message says, before anything is answered."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from bot.consult.acts import AFTER_DISTRESS, DISTRESS
from bot.consult.consultation import CALL_BACK
from bot.consult.heard import heard_from, reading_from
from bot.consult.listening import listen
from bot.masking import says_hidden
from bot.store import is_with_staff

_NOT_A_WORD_OF_NUMBERS = (DISTRESS, AFTER_DISTRESS, CALL_BACK)  # who is in distress hears of help first


class ActionTakeNote(Action):
    """Keep in slots what the message says and settles, and that staff has given the conversation back.

    An owner who wrote a number that is not kept is told so, once. Takes the place of Rasa's slot mappings.
    """

    def name(self) -> str:
        return "action_extract_slots"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        given_back = before.paused and not is_with_staff(tracker.sender_id)
        heard = heard_from(tracker.latest_message)
        reading = reading_from(tracker.latest_message)
        if says_hidden(heard.text) and reading.act not in _NOT_A_WORD_OF_NUMBERS and not _told_of_numbers(tracker):
            say(dispatcher, "utter_number_not_kept")
        after = listen(knowledge(), before.resumed() if given_back else before, heard, reading)
        return remember(before, after)


def _told_of_numbers(tracker: Tracker) -> bool:
    """Whether it was said before in this session."""
    said = (event.get("metadata") or {} for event in tracker.events if event["event"] == "bot")
    return any(metadata.get("utter_action") == "utter_number_not_kept" for metadata in said)
