"""Meets an owner in distress."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from actions.staff import call_staff
from bot.consult.cards import help_card
from bot.operator.desk import desk
from bot.store import Reason


class ActionComfort(Action):
    """A calm sentence and the help lines; nothing is asked, and the question that waited is let go.

    Where the desk has staff, it is alerted. The owner is not told: nobody may be there to read it now.
    """

    def name(self) -> str:
        return "action_comfort"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        say(dispatcher, "utter_comfort", help_card(knowledge(), before.prefecture))
        if desk().staff:
            call_staff(tracker, Reason.DISTRESS)
        return remember(before, replace(before, question=None, candidates=(), misses=0, comforted=True))
