"""Answers why: why this question, why this institution."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, road_shown, say, why_asked
from bot.consult.cards import reason
from bot.consult.consultation import ANYTHING_ELSE
from bot.consult.heard import entities_in
from bot.messages import Fact, Notice


class ActionAnswerWhy(Action):
    """Say why the waiting question is asked; on a road, why these institutions, with the place in the paper."""

    def name(self) -> str:
        return "action_answer_why"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        question = consultation.question
        if question is not None and question != ANYTHING_ELSE:
            say(dispatcher, "utter_answer_why_asked", reason=why_asked(question, consultation))
            return []
        road = road_shown(consultation)
        if road is None:
            say(dispatcher, "utter_answer_why_general")
            return []
        named = entities_in(tracker.latest_message, "institution")
        steps = [s for s in road.steps if s.referral.institution.id in named] or list(road.steps)
        lines = tuple(Fact(s.referral.institution.name, reason(knowledge(), s.referral)) for s in steps)
        say(dispatcher, "utter_answer_why", Notice(knowledge().words.why, lines))
        return []
