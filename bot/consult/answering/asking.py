"""Puts a question, with the answers offered to it."""

from __future__ import annotations

from typing import Dict, Optional

from bot.consult.scene import CHOICES, Scene, Turn
from bot.consult.state import ON_THE_WAY, Consultation, Question
from bot.consult.telling import told_beside_the_issue
from bot.consult.triage import next_symptom


def ask(scene: Scene, turn: Turn, question: Question, again: bool = False) -> Turn:
    """The turn with a question put; `again` words it as a return to where we were. It ends there."""
    openly = turn.consultation.talk.openly and question is Question.ISSUE
    consultation = turn.consultation.with_talk(question=question, standing=False, openly=openly)
    if question in ON_THE_WAY and not again:
        consultation = consultation.with_talk(put=consultation.talk.put + 1)
    if question is Question.TRIAGE and not again:
        symptom = next_symptom(scene.knowledge.triage, consultation)
        consultation = consultation.with_search(symptom=symptom.id if symptom else None)
    response = f"utter_ask_{question.value}_again" if again else _response(scene, consultation, question)
    words = _words(scene, consultation, question)
    return turn.on(consultation).saying(response, CHOICES, **words).ended()


def _response(scene: Scene, consultation: Consultation, question: Question) -> str:
    """The name of the question's response: who has no shop yet is asked where it shall be."""
    sub_issue = consultation.sub_issue_in(scene.knowledge)
    to_come = question is Question.PREFECTURE and sub_issue is not None and sub_issue.no_shop_yet
    return "utter_ask_prefecture_to_come" if to_come else f"utter_ask_{question.value}"


def _words(scene: Scene, consultation: Consultation, question: Question) -> Dict[str, str]:
    """What the question's words have to be filled in with."""
    issue = consultation.issue_in(scene.knowledge)
    if question is Question.SUB_ISSUE and issue is not None and issue.question:
        return {"issue_question": issue.question}
    if question is Question.TRIAGE and consultation.search.symptom is not None:
        return {"ask": scene.knowledge.triage.symptoms[consultation.search.symptom].ask or ""}
    if question is Question.FORGET:
        return {"days": str(scene.desk.keep_days)}
    if question is Question.SHEET:
        return {"days": str(scene.desk.sheet_days)}
    if question is Question.OTHER_ISSUE:
        return {"other": scene.knowledge.issues[consultation.others[0]].spoken}
    return {}


def ask_openly(scene: Scene, turn: Turn) -> Turn:
    """What the matter is, in the owner's own words: after a no the ten choices are there on request only."""
    understood = told_beside_the_issue(scene.knowledge, turn.consultation)
    asked = turn.on(turn.consultation.with_talk(question=Question.ISSUE, standing=False, openly=True))
    if understood:
        return asked.saying("utter_ask_openly", CHOICES, told=understood).ended()
    return asked.saying("utter_ask_openly_briefly", CHOICES).ended()


def ask_again_openly(turn: Turn) -> Turn:
    """The same without a list of issues and without what was understood: it was asked so before."""
    return turn.saying("utter_ask_openly_briefly", CHOICES).ended()


def ask_for_more(scene: Scene, turn: Turn) -> Turn:
    """What else they want to know or talk about, where something was answered and no issue is in hand yet.

    The list of issues is there on request: who has just asked something does not begin anew.
    """
    asked = turn.on(turn.consultation.with_talk(question=Question.ISSUE, standing=False, openly=True))
    return asked.saying("utter_ask_for_more", CHOICES).ended()


def ask_what_else(scene: Scene, turn: Turn, again: bool = False) -> Turn:
    """After a road: about what else was brought up; where nothing was, whether there is anything else."""
    if turn.consultation.issue is None:
        return ask(scene, turn, Question.ISSUE, again)
    return ask(scene, turn, below_the_road(turn.consultation), again)


def below_the_road(consultation: Consultation) -> Question:
    """What is asked once a road is shown."""
    return Question.OTHER_ISSUE if consultation.others else Question.ANYTHING_ELSE


def ask_which(scene: Scene, turn: Turn) -> Turn:
    """Which of the two candidates is meant, both by name."""
    first, second = (scene.knowledge.issues[name].spoken for name in turn.consultation.talk.candidates)
    return _which(turn).saying("utter_ask_which_issue", CHOICES, first=first, second=second).ended()


def ask_which_first(scene: Scene, turn: Turn) -> Turn:
    """The owner's worries said back, and which to begin with."""
    worries = "、".join(scene.knowledge.issues[name].spoken for name in turn.consultation.talk.candidates)
    return _which(turn).saying("utter_ask_which_first", CHOICES, worries=worries).ended()


def _which(turn: Turn) -> Turn:
    talk = turn.consultation.talk
    return turn.on(turn.consultation.with_talk(question=Question.WHICH_ISSUE, put=talk.put + 1))


def why_asked(scene: Scene, consultation: Consultation, question: Question) -> str:
    """The reason we ask a question, in a sentence for the owner."""
    issue, symptom = consultation.issue_in(scene.knowledge), consultation.search.symptom
    why: Optional[str] = None
    if question is Question.SUB_ISSUE and issue is not None:
        why = issue.question_why
    if question is Question.TRIAGE and symptom is not None:
        why = scene.knowledge.triage.symptoms[symptom].why
    return why or scene.knowledge.questions[question].why


def introduced(turn: Turn) -> Turn:
    """The turn with a word on what this desk is, where the owner began without a greeting."""
    return turn if turn.consultation.talk.spoken else turn.saying("utter_notice")
