"""Names people to talk to."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, say
from bot.consult.cards import people_card
from bot.consult.consultation import UNCLEAR
from bot.consult.telling import told
from bot.knowledge import Order


class ActionCallHuman(Action):
    """Say where a person will listen, near the owner where the prefecture is known, and what to tell them."""

    def name(self) -> str:
        return "action_call_human"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        people = [r.institution for r in knowledge().issues[UNCLEAR].referrals if r.order is Order.FIRST]
        say(
            dispatcher,
            "utter_call_human",
            people_card(knowledge(), knowledge().words.people, people, before.prefecture),
        )
        understood = told(knowledge(), before)
        if understood:
            say(dispatcher, "utter_tell_them", told=understood)
        return []
