"""Answers where an institution is and how to reach it."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, institutions_in, knowledge, road_shown, say
from bot.consult.cards import contact_facts
from bot.messages import Notice


class ActionAnswerContact(Action):
    """Say how to reach the institutions named, or those first on the owner's road; else how to find one."""

    def name(self) -> str:
        return "action_answer_contact"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        road = road_shown(consultation)
        institutions = institutions_in(tracker) or (
            [step.referral.institution for step in road.steps[:3]] if road else []
        )
        if not institutions:
            say(dispatcher, "utter_contact_needs_issue")
        for institution in institutions:
            office = knowledge().office(institution.id, consultation.prefecture)
            facts = contact_facts(knowledge().words, institution, office, consultation.prefecture)
            say(
                dispatcher, "utter_answer_contact", Notice(institution.name, tuple(facts)), institution=institution.name
            )
        return []
