"""Says whom to see first and next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask_what_else, consultation_of, knowledge, remember, say
from bot.consult.cards import referral_card
from bot.consult.road import road


class ActionRefer(Action):
    """Say whom to see first and next for the issue that is settled.

    Then ask about what else was brought up; where nothing was, whether there is anything else.
    """

    def name(self) -> str:
        return "action_refer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        shown = road(knowledge(), before)
        say(dispatcher, "utter_refer", referral_card(knowledge(), shown))
        after = replace(before, referred=(*before.referred, shown.key), talked_about=()).with_others(())
        return remember(before, ask_what_else(dispatcher, after))
