"""Drafts the consultation sheet that its owner agreed to."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events, kept
from actions.sheet_links import say_address
from bot.consult.scene import Turn
from bot.consult.sheet import consultation_for_sheet, sheet_from
from bot.consult.state import Consultation
from bot.consult.state.kept import consultation_in
from bot.frame.known import knowledge
from bot.operator.set_up import SetUpError
from bot.sheets.shape import today
from bot.store import StoreError, TooManySheetsError, sheets

_LOGGER = logging.getLogger(__name__)


class ActionMakeSheet(Action):
    """Draft the sheet for the road that was shown, and give its address; its owner makes it there, or does not."""

    def name(self) -> str:
        return "action_make_sheet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_in(tracker.get_slot)
        key, subject = before.road_in_hand, consultation_for_sheet(before)
        assert key is not None and subject is not None, "the turn has a sheet made only where a road was shown"
        try:
            response = _draft(dispatcher, tracker.sender_id, before, subject)
        except TooManySheetsError:
            return _said(dispatcher, before, "utter_sheets_enough")
        except (StoreError, SetUpError):
            _LOGGER.exception("no consultation sheet could be drafted")
            return _said(dispatcher, before, "utter_sheet_failed")
        given = (
            before.roads.sheets
            if before.road_in_hand in before.roads.sheets
            else (*before.roads.sheets, before.road_in_hand)
        )
        return kept(Turn(before.with_roads(sheets=given)).saying(response).consultation)


def _draft(dispatcher: CollectingDispatcher, conversation: str, before: Consultation, subject: Consultation) -> str:
    """Draft the sheet and say where it is; returns the response that said it."""
    drafted = sheets().draft(conversation, str(before.road_in_hand), sheet_from(knowledge(), subject, today()))
    response = "utter_sheet_there" if drafted.made else "utter_sheet_ready"
    say_address(dispatcher, before, response, drafted)
    return response


def _said(dispatcher: CollectingDispatcher, before: Consultation, response: str) -> Events:
    dispatcher.utter_message(response=response, variation=before.talk.times_spoken(response))
    return kept(Turn(before).saying(response).consultation)
