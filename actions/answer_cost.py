"""Answers what it costs."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, institutions_in, knowledge, road_shown, say
from bot.messages import Fact, Notice


class ActionAnswerCost(Action):
    """Say what the institutions named, or those on the owner's road, cost; else what this desk costs."""

    def name(self) -> str:
        return "action_answer_cost"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        road = road_shown(consultation_of(tracker))
        institutions = institutions_in(tracker) or ([step.referral.institution for step in road.steps] if road else [])
        if not institutions:
            say(dispatcher, "utter_cost_of_this_desk")
            return []
        lines = tuple(Fact(institution.name, institution.cost) for institution in institutions)
        say(dispatcher, "utter_answer_cost", Notice(knowledge().words.cost, lines))
        return []
