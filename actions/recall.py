"""Meets an owner who is asked what was said before."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, say
from bot.consult.telling import told


class ActionRecall(Action):
    """Apologise, say what was understood so far, and go on without the question that was put in vain."""

    def name(self) -> str:
        return "action_recall"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        understood = told(knowledge(), consultation)
        if understood:
            say(dispatcher, "utter_recall", told=understood)
        else:
            say(dispatcher, "utter_recall_nothing")
        if consultation.answered:
            say(dispatcher, "utter_go_on")
            return []
        return [FollowupAction("action_consult")]
