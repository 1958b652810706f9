"""Gives the address of a consultation sheet again."""

from __future__ import annotations

import logging
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import Events, failed, kept
from actions.sheet_links import say_address
from bot.consult.scene import EffectKind, Turn
from bot.consult.state.kept import consultation_in
from bot.operator.set_up import SetUpError
from bot.store import StoreError, sheets

_LOGGER = logging.getLogger(__name__)
_THERE = "utter_sheet_there"


class ActionGiveSheet(Action):
    """Say where the sheet of the road is. Where it is gone, its owner is asked anew whether to make one."""

    def name(self) -> str:
        return "action_give_sheet"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_in(tracker.get_slot)
        try:
            there = sheets().of(tracker.sender_id, str(before.road_in_hand))
            if there is None:
                return failed(tracker, EffectKind.GIVE_SHEET)
            say_address(dispatcher, before, _THERE, there)
        except (StoreError, SetUpError):
            _LOGGER.exception("whether the sheet is still there is not known; its owner is asked anew")
            return failed(tracker, EffectKind.GIVE_SHEET)
        return kept(Turn(before).saying(_THERE).consultation)
