"""Says again what was not understood or not caught."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, consultation_of, knowledge, say, why_asked
from bot.consult.choices import offered
from bot.consult.consultation import ANYTHING_ELSE, OTHER_ISSUE, TRIAGE
from bot.messages import Choices


class ActionSayAgain(Action):
    """Put the waiting question in other words, a symptom with what it is for; below a road, say where that stands."""

    def name(self) -> str:
        return "action_say_again"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        if consultation.referred and consultation.question in (None, ANYTHING_ELSE, OTHER_ISSUE):
            say(dispatcher, "utter_again_road", Choices(offered(knowledge(), consultation)))
            return []
        if consultation.question == TRIAGE:
            say(dispatcher, "utter_answer_why_asked", reason=why_asked(TRIAGE, consultation))
        else:
            say(dispatcher, "utter_again")
        return [FollowupAction("action_return")]
