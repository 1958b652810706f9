"""Offers the consultation sheet and asks for consent."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, ask_what_else, consultation_of, remember, say
from actions.sheets import link_card
from bot.consult.consultation import SHEET, Consultation
from bot.operator.desk import DeskError
from bot.operator.signing import SecretError
from bot.store import StoreError, sheets

_LOGGER = logging.getLogger(__name__)


class ActionOfferSheet(Action):
    """Say what would be on the sheet, how long it is kept and who can see it, and ask whether to make it.

    Where there is one, give its address again. Before a road, say that it comes after, and go on.
    """

    def name(self) -> str:
        return "action_offer_sheet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.road_in_hand is None:
            say(dispatcher, "utter_sheet_after_road")
            return [FollowupAction("action_return")]
        if before.road_in_hand in before.sheets and _given_again(dispatcher, tracker, before):
            return remember(before, ask_what_else(dispatcher, before, again=True))
        return remember(before, ask(dispatcher, before, SHEET))


def _given_again(dispatcher: CollectingDispatcher, tracker: Tracker, consultation: Consultation) -> bool:
    """Whether the sheet of the road is still there; then its address is said. A failing store is logged."""
    try:
        there = sheets().of(tracker.sender_id, consultation.road_in_hand or "")
        if there is not None:
            say(dispatcher, "utter_sheet_there", link_card(there))
    except (StoreError, DeskError, SecretError):
        _LOGGER.exception("whether the sheet is still there is not known; its owner is asked anew")
        return False
    return there is not None
