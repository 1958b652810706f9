"""Takes a correction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, knowledge, remember, say
from bot.consult.asking import Step, next_step
from bot.consult.consultation import ISSUE
from bot.consult.heard import entities_in, heard_from, reading_from


class ActionCorrect(Action):
    """Go on with what the owner corrected; where the correction has no content, ask anew what the matter is."""

    def name(self) -> str:
        return "action_correct"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if reading_from(tracker.latest_message).choice is not None:
            say(dispatcher, "utter_corrected")
            return [FollowupAction("action_consult")]
        if before.issue is not None and entities_in(tracker.latest_message, "prefecture"):
            say(dispatcher, "utter_corrected")
            shown = next_step(knowledge(), before) is Step.SAME_ROAD
            return [FollowupAction("action_refer" if shown else "action_consult")]
        if heard_from(tracker.latest_message).only_facts:
            say(dispatcher, "utter_corrected_fact")
            return [FollowupAction("action_return")]
        say(dispatcher, "utter_sorry_misunderstood")
        after = replace(before, issue=None, sub_issue=None, candidates=())
        return remember(before, ask(dispatcher, after, ISSUE))
