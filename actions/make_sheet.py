"""Drafts the consultation sheet that its owner agreed to."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask_what_else, consultation_of, knowledge, remember, say
from actions.sheets import link_card, words_of_owner
from bot.consult.consultation import Consultation
from bot.consult.sheet import consultation_for_sheet, sheet_from
from bot.operator.desk import DeskError
from bot.operator.signing import SecretError
from bot.sheets.shape import today
from bot.store import StoreError, TooManySheetsError, sheets

_LOGGER = logging.getLogger(__name__)


class ActionMakeSheet(Action):
    """Draft the sheet for the road that was shown, and give its address; its owner makes it there, or does not."""

    def name(self) -> str:
        return "action_make_sheet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        subject = consultation_for_sheet(before)
        if subject is None:
            return [FollowupAction("action_offer_sheet")]
        after = before
        try:
            _draft(dispatcher, tracker, subject)
            after = replace(before, sheets=tuple(dict.fromkeys((*before.sheets, str(before.road_in_hand)))))
        except TooManySheetsError:
            say(dispatcher, "utter_sheets_enough")
        except (StoreError, DeskError, SecretError):
            _LOGGER.exception("no consultation sheet could be drafted")
            say(dispatcher, "utter_sheet_failed")
        return remember(before, ask_what_else(dispatcher, after, again=True))


def _draft(dispatcher: CollectingDispatcher, tracker: Tracker, subject: Consultation) -> None:
    words = words_of_owner(tracker, subject.issue or "")
    sheet = sheet_from(knowledge(), subject, words, today())
    kept = sheets().draft(tracker.sender_id, subject.road_in_hand or "", sheet)
    say(dispatcher, "utter_sheet_there" if kept.made else "utter_sheet_ready", link_card(kept))
