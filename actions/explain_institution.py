"""Explains an institution."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, institutions_in, knowledge, say
from bot.consult.cards import institution_card


class ActionExplainInstitution(Action):
    """Say what the institutions named are, what they cost and how to reach them; ask which where none is named."""

    def name(self) -> str:
        return "action_explain_institution"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        prefecture = consultation_of(tracker).prefecture
        institutions = institutions_in(tracker)
        if not institutions:
            say(dispatcher, "utter_which_institution")
        for institution in institutions:
            card = institution_card(knowledge(), institution, prefecture)
            say(dispatcher, "utter_explain_institution", card, institution=institution.name)
        return []
