"""Meets the message after distress."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, remember, say
from bot.consult.cards import help_card, people_card
from bot.consult.heard import entities_in


class ActionStayNear(Action):
    """Meet the owner gently; say where debts can be talked over, or the local lines once we know where. Ask nothing."""

    def name(self) -> str:
        return "action_stay_near"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if entities_in(tracker.latest_message, "prefecture"):
            card = help_card(knowledge(), before.prefecture)
        else:
            card = people_card(knowledge(), knowledge().words.debts, knowledge().help_lines.debts, before.prefecture)
        say(dispatcher, "utter_stay_near", card)
        return remember(before, replace(before, comforted=False))
