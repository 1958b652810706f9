"""Asks which of two issues is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask_which, consultation_of, knowledge, remember
from bot.consult.heard import heard_from
from bot.consult.reading import guesses


class ActionClarify(Action):
    """Name the two issues that the message may mean, and ask which."""

    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        heard = heard_from(tracker.latest_message)
        after = replace(before, candidates=guesses(knowledge(), heard))
        return remember(before, ask_which(dispatcher, after))
