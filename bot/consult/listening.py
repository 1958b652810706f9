"""What a message changes in the consultation: issue, sub-issue, place, and the questions it settles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Optional

from bot.consult.acts import (
    ALREADY_SAID,
    ANSWER,
    BACK_TO_BOT,
    CORRECT,
    FORGET,
    MORE_TOLD,
    REMARK,
    SEVERAL,
    TOLD,
    TWO_CANDIDATES,
    UNSURE,
    Reading,
)
from bot.consult.consultation import (
    ANYTHING_ELSE,
    CALL_BACK,
    ISSUE,
    OTHER_ISSUE,
    PAUSED,
    PREFECTURE,
    SHEET,
    SUB_ISSUE,
    TRIAGE,
    UNCLEAR,
    WHICH_ISSUE,
    Consultation,
)
from bot.consult.heard import Heard
from bot.consult.own_words import in_own_words, quoted, tried_in
from bot.consult.reading import is_just_facts
from bot.consult.sent import is_only_sent
from bot.consult.triage import clear_sub_issue, leaning_after, with_answer, without_last_answer, without_more_questions
from bot.knowledge import Knowledge

_TELLS_NOTHING = ("affirm", "deny", "skip", "greet")
_OF_THE_SHOP = re.compile("(店|会社|工場|事務所|本社|宿|農園|うち)(の?(ほう|方))?(は|が)")
_LETS_GO = ("skip", ALREADY_SAID)


def listen(knowledge: Knowledge, consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """The consultation after a message that was read as `reading`. Nothing is kept of what is written to staff."""
    after = _listen(knowledge, consultation, heard, reading)
    tried = tried_in(heard.text) if in_own_words(knowledge, heard, reading) else ()
    if not tried:
        return after
    told_before = tuple((after.tried_already or "").splitlines())
    return replace(after, tried_already="\n".join(dict.fromkeys((*told_before, *tried))))


def _listen(knowledge: Knowledge, consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    if reading.act == PAUSED:
        return consultation
    if reading.act == CALL_BACK or (reading.act == FORGET and consultation.question == FORGET):
        return replace(consultation, question=None)
    if reading.act == FORGET:
        return consultation
    if reading.act == BACK_TO_BOT:
        return consultation.resumed()
    after = _with_place(consultation, heard, reading)
    after = _with_the_business(after, heard, reading)
    after = _with_misses(after, heard, reading)
    tells = heard.top[0] not in _TELLS_NOTHING and not is_only_sent(heard.text)
    if tells and (reading.act in (UNCLEAR, UNSURE, TWO_CANDIDATES, SEVERAL) or reading.choice == f"{TRIAGE}.said"):
        after = replace(after, leaning=leaning_after(knowledge.triage, after.leaning, heard.ranking, heard.symptoms))
    if reading.choice == f"{TRIAGE}.said" and reading.others:
        after = replace(after, quotes=(*after.quotes, (reading.others[0], quoted(heard.text))))
    if heard.institutions:
        after = replace(after, talked_about=heard.institutions)
    if reading.act == ANSWER and reading.choice is not None:
        return _with_answer(knowledge, after, reading.choice)
    if reading.act == CORRECT and reading.choice is not None:
        return after.put_right(reading.choice.partition(".")[2])
    if reading.act in (REMARK, ANSWER):
        return after.with_others(reading.others)
    if reading.act == SEVERAL:
        worries = tuple(issue.partition("/")[0] for issue in reading.others)
        return replace(after.on(UNCLEAR).with_others(reading.others), candidates=worries)
    if reading.act in knowledge.issues:
        after = after.on(reading.act).with_others(reading.others)
        return after if reading.choice is None else _with_answer(knowledge, after, reading.choice)
    if reading.act in _LETS_GO and after.question in (SUB_ISSUE, PREFECTURE, TRIAGE):
        return without_an_answer(after)
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
    if consultation.question in (ANYTHING_ELSE, SHEET):
        return replace(consultation, question=None)
    return consultation


def _with_place(consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """Where the shop is stays as it was told until the owner puts it right: 札幌に出た is told of somebody else."""
    of_the_shop = bool(_OF_THE_SHOP.search(heard.text))
    anew = reading.act == CORRECT or consultation.question == PREFECTURE or is_just_facts(heard) or of_the_shop
    if consultation.prefecture is not None and not anew:
        return consultation
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


def _with_misses(consultation: Consultation, heard: Heard, reading: Reading) -> Consultation:
    """Counts messages not understood; a question that was missed twice is let go rather than asked a third time."""
    if reading.act == "skip" and consultation.question == ISSUE:
        return consultation
    a_yes_to_what = reading.act == "affirm" and consultation.question == TRIAGE
    no_place_yet = consultation.question == PREFECTURE and reading.act == consultation.issue and not heard.prefectures
    if reading.act not in (UNSURE, TWO_CANDIDATES, TOLD) and not a_yes_to_what and not no_place_yet:
        return replace(consultation, misses=0)
    after = replace(consultation, misses=consultation.misses + 1)
    let_go = without_an_answer(after)
    return replace(let_go, misses=0) if after.misses >= 2 and let_go is not after else after


def without_an_answer(consultation: Consultation) -> Consultation:
    """The same with the question that waits let go, where it is one that the consultation can do without."""
    if consultation.question == TRIAGE and consultation.symptom is not None:
        return with_answer(consultation, consultation.symptom, None)
    if consultation.question in (SUB_ISSUE, PREFECTURE):
        return consultation.settled(consultation.question)
    if consultation.question == SHEET:
        return replace(consultation, question=ANYTHING_ELSE)
    if consultation.question == FORGET:
        return replace(consultation, question=None)
    return consultation


def _with_answer(knowledge: Knowledge, consultation: Consultation, choice: str) -> Consultation:
    question, _, answer = choice.partition(".")
    if question == ISSUE:
        return _on_issue(knowledge, consultation, answer)
    if question == TRIAGE and consultation.symptom is not None:
        symptom, _, symptom_answer = answer.partition("/")
        if symptom == "undo":
            return without_last_answer(consultation)
        after = with_answer(consultation, consultation.symptom, None)
        if symptom in knowledge.triage.symptoms:  # the one that waited, or another whose answer was told in passing
            return with_answer(after, symptom, symptom_answer)
        return without_more_questions(knowledge.triage, after) if symptom == "refuse" else after
    if choice == f"{OTHER_ISSUE}.go" and consultation.other_issues:
        return _on_issue(knowledge, consultation, consultation.other_issues[0])
    if question == OTHER_ISSUE:
        return replace(consultation, question=None, other_issues=())
    if question == SUB_ISSUE and answer not in ("skip", MORE_TOLD):
        return replace(consultation.settled(SUB_ISSUE), sub_issue=answer)
    if choice == f"{ANYTHING_ELSE}.more":
        return replace(consultation, issue=None, sub_issue=None, question=None)
    if choice == f"{WHICH_ISSUE}.both":
        first, second = consultation.candidates
        return consultation.on(first).with_others((second,))
    if choice == f"{WHICH_ISSUE}.neither":
        return replace(consultation, question=None, candidates=())
    if question in (ANYTHING_ELSE, SHEET):
        return replace(consultation, question=None)
    return consultation.settled(question)


def _on_issue(knowledge: Knowledge, consultation: Consultation, issue: str) -> Consultation:
    """Turned to an issue that was chosen; what the triage found beside it is kept, and the sub-issue it made clear."""
    after = consultation.on(issue).with_others(consultation.candidates if consultation.triaged else ())
    sub_issue = clear_sub_issue(knowledge, consultation, issue) or after.sub_issue
    return replace(after.settled(SUB_ISSUE), sub_issue=sub_issue) if sub_issue else after
