"""Reassures an owner who hesitates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.acknowledging import remind
from actions.conversation import Events, consultation_of, remember, road_shown, say
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE


class ActionReassure(Action):
    """Say where such a question is best put: at the first institution of the road; before there is one, here."""

    def name(self) -> str:
        return "action_reassure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        road = road_shown(consultation)
        if road is None:
            say(dispatcher, "utter_reassure")
            return [FollowupAction("action_return")]
        say(dispatcher, "utter_ask_there", institution=road.steps[0].referral.institution.name)
        remind(dispatcher, tracker, consultation)
        if consultation.question not in (None, ANYTHING_ELSE, OTHER_ISSUE):
            return [FollowupAction("action_return")]
        return remember(consultation, replace(consultation, standing=True))
