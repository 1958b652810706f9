"""Calls a person, or names people to talk to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Events, ask, consultation_of, knowledge, people_who_listen, remember, say
from actions.staff import call_staff
from bot.consult.consultation import CALL_BACK
from bot.consult.listening import without_an_answer
from bot.consult.telling import told
from bot.operator.desk import desk
from bot.store import Reason


class ActionCallHuman(Action):
    """Where the desk has staff, hand over and keep still; else say where a person listens, and what to tell them."""

    def name(self) -> str:
        return "action_call_human"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        before = consultation_of(tracker)
        card = people_who_listen(before)
        here = desk()
        if not here.staff or not call_staff(tracker, Reason.ASKED):
            say(dispatcher, "utter_call_human", card)
            understood = told(knowledge(), before)
            if understood:
                say(dispatcher, "utter_tell_them", told=understood)
            return remember(before, without_an_answer(before))  # who asks for a person is asked nothing more
        say(dispatcher, "utter_call_staff")
        if here.hours:
            say(dispatcher, "utter_staff_hours", hours=here.hours)
        say(dispatcher, "utter_meanwhile", card)
        after = replace(before, paused=True)
        return remember(before, ask(dispatcher, after, CALL_BACK) if here.call_back else after)
