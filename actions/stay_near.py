"""Meets the message after distress."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from bot.consult.cards import people_card


class ActionStayNear(Action):
    """Meet the owner gently, and say where debts and closing a business can be talked over. Nothing is asked."""

    def name(self) -> str:
        return "action_stay_near"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        debts = knowledge().help_lines.debts
        say(dispatcher, "utter_stay_near", people_card(knowledge(), debts, before.prefecture))
        return remember(before, replace(before, comforted=False))
