"""Takes the consultation one step further."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.acknowledging import (
    acknowledge,
    acknowledge_symptom,
    acknowledge_trade,
    advise_at_once,
    stay_on_the_road,
)
from actions.conversation import (
    Events,
    ask,
    ask_what_else,
    consultation_of,
    introduce,
    knowledge,
    people_who_listen,
    remember,
    say,
)
from bot.consult.acts import ANSWER, TOLD, Reading
from bot.consult.asking import Step, next_step
from bot.consult.consultation import (
    ANYTHING_ELSE,
    ISSUE,
    OTHER_ISSUE,
    PREFECTURE,
    SHEET,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.heard import reading_from

REFUSALS_HEARD = 2


class ActionConsult(Action):
    """Ask what changes the referral; when nothing is left to ask, go on to refer."""

    def name(self) -> str:
        return "action_consult"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        consultation = consultation_of(tracker)
        introduce(dispatcher, tracker)
        reading = reading_from(tracker.latest_message)
        step = next_step(knowledge(), consultation)
        if step is not Step.SAME_ROAD:
            acknowledge(dispatcher, tracker, consultation, reading)
        acknowledge_symptom(dispatcher, tracker, consultation, reading)
        advise_at_once(dispatcher, tracker, consultation)
        if reading.choice in (f"{ANYTHING_ELSE}.done", f"{OTHER_ISSUE}.done"):
            say(dispatcher, "utter_close")
            return []
        if reading.choice == f"{SHEET}.make":
            return [FollowupAction("action_make_sheet")]
        if reading.choice == f"{SHEET}.skip":
            say(dispatcher, "utter_no_sheet")
            return remember(consultation, ask_what_else(dispatcher, consultation, again=True))
        told_beside = reading.act in (ANSWER, TOLD) and reading.choice is None and consultation.question is not None
        if told_beside and not (consultation.question == ANYTHING_ELSE and step is Step.REFER):
            if not acknowledge_trade(dispatcher, tracker, consultation):
                say(dispatcher, "utter_noted")
            return [FollowupAction("action_return")]
        if reading.choice == f"{PREFECTURE}.skip":
            say(dispatcher, "utter_need_not_say")
        if step is Step.ASK_ISSUE and reading.act == "skip" and consultation.question == ISSUE:
            return self._without_an_answer(dispatcher, consultation)
        if _left_open(consultation, reading, step):
            say(dispatcher, "utter_left_open")
        if step is Step.REFER:
            return [FollowupAction("action_refer")]
        if step is Step.NAME_FINDINGS:
            return [FollowupAction("action_name_findings")]
        if step is Step.SAME_ROAD:
            return remember(consultation, stay_on_the_road(dispatcher, tracker, consultation))
        return remember(consultation, ask(dispatcher, consultation, step.value))

    def _without_an_answer(self, dispatcher: CollectingDispatcher, consultation: Consultation) -> Events:
        """An owner who would rather not say what the matter is: asked once more gently, then left in peace."""
        if consultation.referred:
            say(dispatcher, "utter_close")
            return remember(consultation, replace(consultation, question=None, misses=0))
        if consultation.misses >= REFUSALS_HEARD:
            people = people_who_listen(consultation)
            say(dispatcher, "utter_need_not_ask", people)
            return remember(consultation, replace(consultation, question=None, misses=0))
        return remember(consultation, ask(dispatcher, consultation, ISSUE, again=True))


def _left_open(consultation: Consultation, reading: Reading, step: Step) -> bool:
    """Whether the triage has just ended without an issue, though the owner answered what they could."""
    choice = reading.choice or ""
    answered = choice.startswith(f"{TRIAGE}.") and choice != f"{TRIAGE}.refuse"
    over = step in (Step.ASK_PREFECTURE, Step.REFER, Step.SAME_ROAD)
    no_finding_fits = choice == f"{WHICH_ISSUE}.neither" or reading.act == "skip"
    return consultation.issue == UNCLEAR and over and (answered or no_finding_fits)
