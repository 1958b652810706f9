"""What a message changes in the consultation: issue, sub-issue, place, and the questions it settles."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from bot.consult.consultation import (
    ANYTHING_ELSE,
    ISSUE,
    PREFECTURE,
    SUB_ISSUE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.reading import ALREADY_SAID, ANSWER, CORRECT, TOLD, TWO_CANDIDATES, UNSURE, Heard, Reading
from bot.knowledge import Knowledge

_LETS_GO = ("skip", ALREADY_SAID, "ask_human")


def listen(knowledge: Knowledge, consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """The consultation after a message that was read as `reading`."""
    after = _with_place(consultation, heard)
    after = _with_the_business(after, heard, reading)
    after = _with_misses(after, reading)
    if heard.institutions:
        after = replace(after, talked_about=heard.institutions)
    if reading.act == ANSWER and reading.choice is not None:
        return _with_answer(after, reading.choice)
    if reading.act in knowledge.issues:
        after = after.on(reading.act).with_others(reading.others)
        return after if reading.choice is None else _with_answer(after, reading.choice)
    if reading.act in _LETS_GO and after.question in (SUB_ISSUE, PREFECTURE):
        return after.settled(after.question)
    if reading.act == ALREADY_SAID:
        return _with_what_was_said_before(after)
    if reading.act == "skip" and after.question == WHICH_ISSUE:
        return after.on(UNCLEAR)
    if reading.act == "skip" and after.question == ISSUE:
        return replace(after, misses=after.misses + 1)
    return after


def _with_what_was_said_before(consultation: Consultation) -> Consultation:
    """No question is put twice to an owner who has answered it: the likelier issue is taken, or none is needed."""
    if consultation.question == WHICH_ISSUE:
        return consultation.on(consultation.candidates[0])
    if consultation.question == ISSUE:
        return consultation.on(UNCLEAR)
    if consultation.question == ANYTHING_ELSE:
        return replace(consultation, question=None)
    return consultation


def _with_place(consultation: Consultation, heard: Heard) -> Consultation:
    after = consultation
    if heard.municipalities:
        after = replace(after, municipality=heard.municipalities[-1])
    if not heard.prefectures:
        return after
    after = replace(after, prefecture=heard.prefectures[-1])
    return after.settled(PREFECTURE) if after.question == PREFECTURE else after


def _with_the_business(consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """What was told of the business stays until the owner says it anew: as a correction, or by itself."""
    anew = reading.act == CORRECT or heard.only_facts
    count = str(heard.employee_count) if heard.employee_count is not None else None
    return replace(
        consultation,
        industry=_kept(consultation.industry, heard.industry, anew),
        employee_count=_kept(consultation.employee_count, count, anew),
        stage=heard.stage or consultation.stage,
    )


def _kept(known: Optional[str], told: Optional[str], anew: bool) -> Optional[str]:
    return told if told is not None and (anew or known is None) else known


def _with_misses(consultation: Consultation, reading: Reading) -> Consultation:
    """Counts messages not understood; a question that was missed twice is let go rather than asked a third time."""
    if reading.act == "skip" and consultation.question == ISSUE:
        return consultation
    if reading.act not in (UNSURE, TWO_CANDIDATES, TOLD):
        return replace(consultation, misses=0)
    after = replace(consultation, misses=consultation.misses + 1)
    if after.question in (SUB_ISSUE, PREFECTURE) and after.misses >= 2:
        return replace(after.settled(after.question), misses=0)
    return after


def _with_answer(consultation: Consultation, choice: str) -> Consultation:
    question, _, answer = choice.partition(".")
    if question == ISSUE:
        return consultation.on(answer)
    if question == SUB_ISSUE and answer != "skip":
        return replace(consultation.settled(SUB_ISSUE), sub_issue=answer)
    if choice == f"{ANYTHING_ELSE}.more":
        return replace(consultation, issue=None, sub_issue=None, question=None)
    if choice == f"{WHICH_ISSUE}.both":
        first, second = consultation.candidates
        return consultation.on(first).with_others((second,))
    if choice == f"{WHICH_ISSUE}.neither":
        return replace(consultation, question=None, candidates=())
    if question == ANYTHING_ELSE:
        return replace(consultation, question=None)
    return consultation.settled(question)
