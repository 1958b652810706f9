"""The answers offered to a question, and which of them a typed message picks."""

from __future__ import annotations

import re
from typing import Dict, Optional, Sequence, Tuple

from bot.consult.consultation import (
    ANYTHING_ELSE,
    FORGET,
    ISSUE,
    OTHER_ISSUE,
    PAUSED,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    WHICH_ISSUE,
    Consultation,
)
from bot.knowledge import Knowledge
from bot.messages import Choice
from bot.normalization import bare, normalized

_NUMBER = re.compile(r"(\d{1,2})(番目?|つ目|つめ|個目)?")
_KANJI_NUMBERS = {kanji: number for number, kanji in enumerate("一二三四五六七八九十", start=1)}
_KANJI_NUMBER = re.compile(r"([一二三四五六七八九十])(番目?|つ目|つめ)")
_FORMER = re.compile(r"(前|まえ|最初|はじめ|初め|先|さき|上)の(ほう|方)?")
_QUOTES = "「」『』\"'"
# The choices that ask for a consultation sheet.
ASKS_FOR_SHEET = (f"{ANYTHING_ELSE}.{SHEET}", f"{OTHER_ISSUE}.{SHEET}")
# The button that asks to have the records deleted stands beside the conversation, and counts at any time.
ASKS_TO_FORGET = f"{FORGET}.ask"
FORGET_YES = f"{FORGET}.yes"
FORGET_NO = f"{FORGET}.no"
_LATTER = re.compile(r"(後|あと|後ろ|うしろ|最後|下)の(ほう|方)?")


def offered(knowledge: Knowledge, consultation: Consultation) -> Tuple[Choice, ...]:
    """The answers that go with the question that waits, in the order to show; none where no question waits."""
    question = consultation.question
    if question is None:
        return ()
    standard = tuple(Choice(f"{question}.{a.id}", a.label) for a in knowledge.questions[question].choices)
    if question == ISSUE:
        return tuple(Choice(f"{ISSUE}.{issue.name}", issue.label) for issue in knowledge.issues.values())
    if question == WHICH_ISSUE:
        candidates = (Choice(f"{ISSUE}.{name}", knowledge.issues[name].label) for name in consultation.candidates)
        both_make_sense = len(consultation.candidates) == 2
        return (*candidates, *(c for c in standard if both_make_sense or c.id != f"{WHICH_ISSUE}.both"))
    if question == TRIAGE and consultation.symptom is not None:
        symptom = knowledge.triage.symptoms[consultation.symptom]
        return (*(Choice(f"{TRIAGE}.{symptom.id}/{a.id}", a.label) for a in symptom.answers), *standard)
    issue = consultation.issue_in(knowledge)
    if question == SUB_ISSUE and issue is not None:
        return (*(Choice(f"{SUB_ISSUE}.{sub.id}", sub.label) for sub in issue.sub_issues), *standard)
    if consultation.road_in_hand in (None, *consultation.sheets):
        return tuple(choice for choice in standard if choice.id not in ASKS_FOR_SHEET)
    return standard


def picked(
    knowledge: Knowledge, consultation: Consultation, text: str, pressed: Optional[str] = None
) -> Optional[Choice]:
    """The offered choice that was pressed, or that a typed message means.

    Typed counts its id, its number (2, ２, ②, 二番), its label or a synonym. An issue can be pressed at any time,
    in a menu that stays, and so can the wish to have the records deleted; another choice below an earlier question is
    no longer offered, and its label is read as if typed.
    """
    choices = offered(knowledge, consultation)
    if pressed is not None:
        at_any_time = (Choice(f"{ISSUE}.{issue.name}", issue.label) for issue in knowledge.issues.values())
        beside = Choice(ASKS_TO_FORGET, text)
        still_offered = next((choice for choice in (*choices, *at_any_time, beside) if choice.id == pressed), None)
        if still_offered is not None:
            return still_offered
    message = bare(text)
    number = number_in(message)
    if number is not None:
        return choices[number - 1] if 1 <= number <= len(choices) else None
    if consultation.question == WHICH_ISSUE and len(consultation.candidates) == 2:
        if _FORMER.fullmatch(message):
            return choices[0]
        if _LATTER.fullmatch(message):
            return choices[1]
    spoken = _spoken(knowledge, consultation, choices)
    return spoken.get(message) or next((c for c in choices if normalized(text) == c.id), None)


def asks_for_the_bot(knowledge: Knowledge, consultation: Consultation, text: str) -> bool:
    """Whether an owner calls the bot back from staff; in short words only while staff has the conversation.

    A number does not: it answers what staff asked.
    """
    message = bare(text).strip(_QUOTES)
    choice = picked(knowledge, Consultation(question=PAUSED), message) if number_in(message) is None else None
    return choice is not None and (consultation.paused or choice.id == f"{PAUSED}.back")


def number_in(message: str) -> Optional[int]:
    """The number that a bare message stands for: 2, 2番, 二つ目; None where it is something else."""
    digits = _NUMBER.fullmatch(message)
    if digits:
        return int(digits.group(1))
    kanji = _KANJI_NUMBER.fullmatch(message)
    return _KANJI_NUMBERS[kanji.group(1)] if kanji else None


def _spoken(knowledge: Knowledge, consultation: Consultation, choices: Sequence[Choice]) -> Dict[str, Choice]:
    spoken = {bare(choice.label): choice for choice in choices}
    if consultation.question is None:
        return spoken
    also = {f"{consultation.question}.{a.id}": a.also for a in knowledge.questions[consultation.question].choices}
    for choice in choices:
        spoken.update({bare(word): choice for word in also.get(choice.id, ())})
    if consultation.question == WHICH_ISSUE and len(consultation.candidates) == 1:
        go = next(answer for answer in knowledge.questions[OTHER_ISSUE].choices if answer.id == "go")
        spoken.update({bare(word): choices[0] for word in go.also})
    for choice in choices:
        kind, _, name = choice.id.partition(".")
        if kind == ISSUE:
            spoken[bare(name)] = choice
            spoken[bare(knowledge.issues[name].spoken)] = choice
        if kind == SUB_ISSUE and name != "skip":
            issue = consultation.issue_in(knowledge)
            if issue is not None:
                spoken[bare(issue.sub_issue(name).name)] = choice
    return spoken
