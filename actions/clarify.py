"""Asks which of several issues is meant, or comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask_which, ask_which_first, consultation_of, introduce, knowledge, remember
from bot.consult.acts import SEVERAL
from bot.consult.heard import heard_from, reading_from
from bot.consult.reading import guesses


class ActionClarify(Action):
    """Name the two issues that the message may mean, and ask which; of several worries, which to begin with."""

    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        introduce(dispatcher, tracker)
        if reading_from(tracker.latest_message).act == SEVERAL:
            return remember(before, ask_which_first(dispatcher, before))
        heard = heard_from(tracker.latest_message)
        after = replace(before, candidates=guesses(knowledge(), heard))
        return remember(before, ask_which(dispatcher, after))
