"""Between the tracker and the consultation: what every action needs to read, remember and say."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Dict, List, Optional

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.consult.cards import people_card
from bot.consult.choices import offered
from bot.consult.consultation import (
    ANYTHING_ELSE,
    FORGET,
    ISSUE,
    OTHER_ISSUE,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
    consultation_from,
    slot_changes,
)
from bot.consult.heard import entities_in
from bot.consult.road import Road, road
from bot.consult.triage import next_symptom
from bot.knowledge import Institution, Knowledge, Order, load_knowledge
from bot.messages import Choices, Notice, Part, part_to_json
from bot.operator.desk import desk

Events = List[Dict[str, Any]]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """What the bot knows, read once a process."""
    return load_knowledge()


def consultation_of(tracker: Tracker) -> Consultation:
    """Where the consultation stands."""
    return consultation_from(tracker.get_slot)


def remember(before: Consultation, after: Consultation) -> Events:
    """The events that keep `after` where `before` was kept."""
    return [SlotSet(name, value) for name, value in slot_changes(before, after).items()]


def say(dispatcher: CollectingDispatcher, response: str, part: Optional[Part] = None, **words: str) -> None:
    """Speak a response of the domain, its {words} filled in, with a message part beside it."""
    dispatcher.utter_message(response=response, json_message=part_to_json(part) if part else None, **words)


def ask(
    dispatcher: CollectingDispatcher, consultation: Consultation, question: str, again: bool = False
) -> Consultation:
    """Put a question, with the answers offered to it; `again` words it as a return to where we were.

    Returns the consultation with the question waiting.
    """
    waiting = replace(consultation, question=question, standing=False)
    if question == TRIAGE and not again:
        symptom = next_symptom(knowledge().triage, consultation)
        waiting = replace(waiting, symptom=symptom.id if symptom else None)
    choices = Choices(offered(knowledge(), waiting))
    issue = waiting.issue_in(knowledge())
    words = {"issue_question": issue.question} if question == SUB_ISSUE and issue and issue.question else {}
    if question == TRIAGE and waiting.symptom is not None:
        words = {"ask": knowledge().triage.symptoms[waiting.symptom].ask}
    if question == FORGET:
        words = {"days": str(desk().keep_days)}
    if question == SHEET:
        words = {"days": str(desk().sheet_days)}
    if question == OTHER_ISSUE:
        words = {"other": knowledge().issues[waiting.other_issues[0]].spoken}
    say(dispatcher, f"utter_ask_{question}_again" if again else f"utter_ask_{question}", choices, **words)
    return waiting


def ask_what_else(dispatcher: CollectingDispatcher, consultation: Consultation, again: bool = False) -> Consultation:
    """After a road: ask about what else was brought up; where nothing was, whether there is anything else.

    Returns the consultation with the question waiting.
    """
    if consultation.issue is None:
        return ask(dispatcher, consultation, ISSUE, again)
    return ask(dispatcher, consultation, OTHER_ISSUE if consultation.other_issues else ANYTHING_ELSE, again)


def introduce(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say what this desk is where the owner began without a greeting."""
    if not any(event["event"] == "bot" for event in tracker.events):
        say(dispatcher, "utter_notice")


def ask_which(dispatcher: CollectingDispatcher, consultation: Consultation) -> Consultation:
    """Ask which of two candidate issues is meant, both by name. Returns the consultation with the question waiting."""
    waiting = replace(consultation, question=WHICH_ISSUE)
    first, second = (knowledge().issues[name].spoken for name in waiting.candidates)
    say(dispatcher, "utter_ask_which_issue", Choices(offered(knowledge(), waiting)), first=first, second=second)
    return waiting


def ask_which_first(dispatcher: CollectingDispatcher, consultation: Consultation) -> Consultation:
    """Say the owner's worries back and ask which to begin with. Returns the consultation with the question waiting."""
    waiting = replace(consultation, question=WHICH_ISSUE)
    worries = "、".join(knowledge().issues[name].spoken for name in waiting.candidates)
    say(dispatcher, "utter_ask_which_first", Choices(offered(knowledge(), waiting)), worries=worries)
    return waiting


def why_asked(question: str, consultation: Consultation) -> str:
    """The reason we ask a question, in a sentence for the owner."""
    issue = consultation.issue_in(knowledge())
    if question == SUB_ISSUE and issue is not None and issue.question_why is not None:
        return issue.question_why
    return knowledge().questions[question].why


def people_who_listen(consultation: Consultation) -> Notice:
    """The first contacts of リ: where a person listens, whatever the matter is."""
    people = [r.institution for r in knowledge().issues[UNCLEAR].referrals if r.order is Order.FIRST]
    return people_card(knowledge(), knowledge().words.people, people, consultation.prefecture)


def institutions_in(tracker: Tracker) -> List[Institution]:
    """The institutions that the owner's latest message names; else those named last; each once."""
    named = dict.fromkeys(entities_in(tracker.latest_message, "institution")) or consultation_of(tracker).talked_about
    return [knowledge().institutions[institution_id] for institution_id in named]


def road_shown(consultation: Consultation) -> Optional[Road]:
    """The road the owner has been shown for the issue in hand, or None."""
    return road(knowledge(), consultation) if consultation.issue and consultation.answered else None
