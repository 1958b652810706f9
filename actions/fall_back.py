"""Goes on when a message was not understood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, ask_which, consultation_of, knowledge, remember, say
from bot.consult.consultation import ANYTHING_ELSE, ISSUE, PREFECTURE, SUB_ISSUE, UNCLEAR
from bot.consult.heard import heard_from
from bot.consult.reading import likeliest_issues


class ActionFallBack(Action):
    """First guess two issues by name, then offer all of them and a person, then refer to those who listen. Never twice the same."""

    def name(self) -> str:
        return "action_fall_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        if before.issue is not None and before.question is None:
            return [FollowupAction("action_consult")]
        if before.question in (SUB_ISSUE, PREFECTURE, ANYTHING_ELSE):
            say(dispatcher, "utter_not_caught")
            return remember(before, ask(dispatcher, before, before.question, again=True))
        if before.misses <= 1:
            guesses = likeliest_issues(knowledge(), heard_from(tracker.latest_message), 2)
            say(dispatcher, "utter_not_understood")
            return remember(before, ask_which(dispatcher, replace(before, candidates=guesses)))
        if before.misses == 2:
            say(dispatcher, "utter_not_understood_again")
            return remember(before, ask(dispatcher, replace(before, candidates=()), ISSUE))
        say(dispatcher, "utter_hand_to_people")
        after = replace(before.on(UNCLEAR), misses=0).settled(PREFECTURE)
        return [*remember(before, after), FollowupAction("action_refer")]
