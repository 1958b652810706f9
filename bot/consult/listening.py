"""What a message changes in the consultation: issue, sub-issue, place, and the questions it settles."""

from __future__ import annotations

from dataclasses import replace

from bot.consult.consultation import (
    ANYTHING_ELSE,
    CALL_BACK,
    ISSUE,
    OTHER_ISSUE,
    PAUSED,
    PREFECTURE,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.reading import ANSWER, BACK_TO_BOT, TWO_CANDIDATES, UNSURE, Heard, Reading
from bot.consult.triage import clear_sub_issue, leaning_after, with_answer, without_last_answer, without_more_questions
from bot.knowledge import Knowledge


def listen(knowledge: Knowledge, consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """The consultation after a message that was read as `reading`. Nothing is kept of what is written to staff."""
    if reading.act == PAUSED:
        return consultation
    if reading.act == CALL_BACK:
        return replace(consultation, question=None)
    if reading.act == BACK_TO_BOT:
        return consultation.resumed()
    after = _with_place(consultation, heard)
    after = _with_the_business(after, heard)
    after = _with_misses(after, reading)
    if reading.act in (UNCLEAR, UNSURE, TWO_CANDIDATES) or reading.choice == f"{TRIAGE}.said":
        after = replace(after, leaning=leaning_after(knowledge.triage, after.leaning, heard.ranking))
    if heard.institutions:
        after = replace(after, talked_about=heard.institutions)
    if reading.act == ANSWER and reading.choice is not None:
        return _with_answer(knowledge, after, reading.choice)
    if reading.act in knowledge.issues:
        after = after.on(reading.act).with_others(reading.others)
        return after if reading.choice is None else _with_answer(knowledge, after, reading.choice)
    if reading.act == "skip" and after.question in (SUB_ISSUE, PREFECTURE):
        return after.settled(after.question)
    return after


def _with_place(consultation: Consultation, heard: Heard) -> Consultation:
    after = consultation
    if heard.municipalities:
        after = replace(after, municipality=heard.municipalities[-1])
    if not heard.prefectures:
        return after
    after = replace(after, prefecture=heard.prefectures[-1])
    return after.settled(PREFECTURE) if after.question == PREFECTURE else after


def _with_the_business(consultation: Consultation, heard: Heard) -> Consultation:
    return replace(
        consultation,
        industry=heard.industry or consultation.industry,
        employee_count=str(heard.employee_count) if heard.employee_count is not None else consultation.employee_count,
        stage=heard.stage or consultation.stage,
    )


def _with_misses(consultation: Consultation, reading: Reading) -> Consultation:
    """Counts messages not understood; a question that was missed twice is let go rather than asked a third time."""
    if reading.act not in (UNSURE, TWO_CANDIDATES):
        return replace(consultation, misses=0)
    after = replace(consultation, misses=consultation.misses + 1)
    if after.question in (SUB_ISSUE, PREFECTURE) and after.misses >= 2:
        return replace(after.settled(after.question), misses=0)
    if after.question == TRIAGE and after.symptom is not None and after.misses >= 2:
        return replace(with_answer(after, after.symptom, None), misses=0)
    return after


def _with_answer(knowledge: Knowledge, consultation: Consultation, choice: str) -> Consultation:
    question, _, answer = choice.partition(".")
    if question == ISSUE:
        return _on_issue(knowledge, consultation, answer)
    if question == TRIAGE and consultation.symptom is not None:
        if answer == "undo":
            return without_last_answer(consultation)
        symptom, _, symptom_answer = answer.partition("/")
        after = with_answer(consultation, consultation.symptom, symptom_answer or None)
        return without_more_questions(knowledge.triage, after) if symptom == "refuse" else after
    if choice == f"{OTHER_ISSUE}.go" and consultation.other_issues:
        return _on_issue(knowledge, consultation, consultation.other_issues[0])
    if question == OTHER_ISSUE:
        return replace(consultation, question=None, other_issues=())
    if question == SUB_ISSUE and answer != "skip":
        return replace(consultation.settled(SUB_ISSUE), sub_issue=answer)
    if choice == f"{ANYTHING_ELSE}.more":
        return replace(consultation, issue=None, sub_issue=None, question=None)
    if choice == f"{WHICH_ISSUE}.neither":
        return replace(consultation, question=None, candidates=())
    if question == ANYTHING_ELSE:
        return replace(consultation, question=None)
    return consultation.settled(question)


def _on_issue(knowledge: Knowledge, consultation: Consultation, issue: str) -> Consultation:
    """Turned to an issue that was chosen; what the triage found beside it is kept, and the sub-issue it made clear."""
    after = consultation.on(issue).with_others(consultation.candidates if consultation.triaged else ())
    sub_issue = clear_sub_issue(knowledge, consultation, issue) if consultation.told else None
    return replace(after.settled(SUB_ISSUE), sub_issue=sub_issue) if sub_issue else after
