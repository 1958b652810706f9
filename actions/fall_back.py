"""Goes on when a message was not understood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, ask_which, consultation_of, introduce, knowledge, remember, say
from bot.consult.consultation import (
    ANYTHING_ELSE,
    FORGET,
    ISSUE,
    OTHER_ISSUE,
    PREFECTURE,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
)
from bot.consult.heard import heard_from
from bot.consult.reading import guesses

WORTH_A_GUESS = 0.3
REMARKS_HEARD = 2  # after the referral most of what is not understood is a remark


class ActionFallBack(Action):
    """Never twice the same: first a guess by name, then questions about what happens in the shop."""

    def name(self) -> str:
        return "action_fall_back"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        introduce(dispatcher, tracker)
        if before.issue is not None and before.question is None and not before.answered:
            return [FollowupAction("action_consult")]
        named = before.question == WHICH_ISSUE and before.triaged and before.misses <= 1
        if before.question in (ANYTHING_ELSE, OTHER_ISSUE) and before.misses <= REMARKS_HEARD:
            return [FollowupAction("action_hear_remark")]
        if named or before.question in (SUB_ISSUE, PREFECTURE, ANYTHING_ELSE, OTHER_ISSUE, TRIAGE, SHEET, FORGET):
            say(dispatcher, "utter_not_caught")
            return remember(before, ask(dispatcher, before, before.question or ISSUE, again=True))
        if before.misses <= 1:
            say(dispatcher, "utter_not_understood")
            candidates = guesses(knowledge(), heard_from(tracker.latest_message), least=WORTH_A_GUESS)
            if candidates:
                return remember(before, ask_which(dispatcher, replace(before, candidates=candidates)))
            return remember(before, ask(dispatcher, before, ISSUE))
        say(dispatcher, "utter_not_understood_again")
        return [*remember(before, before.on(UNCLEAR)), FollowupAction("action_consult")]
