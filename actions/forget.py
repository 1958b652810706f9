"""Forgets the conversation where its owner wants that."""

from __future__ import annotations

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, remember, say
from bot.consult.choices import FORGET_NO, FORGET_YES
from bot.consult.consultation import FORGET
from bot.consult.heard import reading_from
from bot.messages import Forgotten

_KEPT_ELSEWHERE_TOO = ("line", "slack")  # what is seen there lies with whoever runs the service


class ActionForget(Action):
    """Say what would be gone and ask once; after a yes say that it is, after a no go on.

    The erasing is done outside, when the turn is over (bot/frame/turns.py): the part beside the words asks for it.
    """

    def name(self) -> str:
        return "action_forget"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        choice = reading_from(tracker.latest_message).choice
        if choice == FORGET_YES:
            say(dispatcher, "utter_forgotten", Forgotten())
            return []
        if choice == FORGET_NO:
            say(dispatcher, "utter_not_forgotten")
            return [] if before.paused else [FollowupAction("action_return")]
        if tracker.get_latest_input_channel() in _KEPT_ELSEWHERE_TOO:
            say(dispatcher, "utter_forget_elsewhere")
        return remember(before, ask(dispatcher, before, FORGET))
