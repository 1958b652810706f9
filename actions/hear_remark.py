"""Hears what an owner adds once a road is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.acknowledging import remind
from actions.conversation import Events, ask_what_else, consultation_of, knowledge, remember, say
from bot.consult.choices import offered
from bot.consult.consultation import OTHER_ISSUE
from bot.consult.heard import heard_from
from bot.messages import Choices


class ActionHearRemark(Action):
    """Say that it was heard and can be told at the desk as well; a question is sent there.

    What the remark brought up beside is offered; otherwise what waits is not asked again.
    """

    def name(self) -> str:
        return "action_hear_remark"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.other_issues and before.question != OTHER_ISSUE:
            say(dispatcher, "utter_remark")
            return remember(before, ask_what_else(dispatcher, before))
        if heard_from(tracker.latest_message).asks:
            return [FollowupAction("action_reassure")]
        say(dispatcher, "utter_remark", Choices(offered(knowledge(), before)))
        remind(dispatcher, tracker, before)
        return remember(before, replace(before, standing=True))
