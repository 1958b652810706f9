"""Calls a person, keeps still while one has the conversation, and takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Optional

from bot.consult.answering.asking import ask
from bot.consult.answering.going_on import without_an_answer
from bot.consult.moves import Asks, Pick, StartsOver, WantsBot, WantsCallBack, WantsPerson
from bot.consult.scene import Card, CardKind, EffectKind, Scene, Turn
from bot.consult.state import Question
from bot.consult.telling import told
from bot.days import JAPAN, written_moment

CALL_BACK_NOTED = "utter_call_back_noted"
_PEOPLE, _BACK = Card(CardKind.PEOPLE), Card(CardKind.BACK)


def come_back_from_staff(scene: Scene, turn: Turn) -> Turn:
    """Who calls the bot back has it back, where they were."""
    if not scene.heard.has(WantsBot):
        return turn
    back = turn.on(turn.consultation.resumed()).saying("utter_back_to_bot")
    return (back.doing(EffectKind.TAKE_BACK) if scene.desk.staff else back).coming_back()


def leave_to_staff(scene: Scene, turn: Turn) -> Turn:
    """While staff has the conversation, everything is for them; the owner is told so once, and again after a silence.

    What the bot asked itself, how to be called back, it also takes.
    """
    if not turn.consultation.talk.paused:
        return turn
    if scene.heard.has(StartsOver, Asks):
        return turn
    pick = scene.heard.first(Pick)
    if scene.heard.has(WantsCallBack):
        asked = turn.on(turn.consultation.with_talk(question=None))
        otherwise = replace(_passed_on(asked), effects=()).ended()
        return asked.doing(EffectKind.PASS_ON_WISH, otherwise).saying(CALL_BACK_NOTED).ended()
    if pick is not None and pick.option.question is Question.CALL_BACK:
        return turn.on(turn.consultation.with_talk(question=None)).saying("utter_no_call_back").ended()
    knows = turn.consultation.talk.passed_on and not scene.is_after_a_long_silence
    was_told = knows or scene.heard.with_a_person  # they came with a word of their own
    return (turn if was_told else _passed_on(turn)).ended()


def _passed_on(turn: Turn) -> Turn:
    return turn.on(turn.consultation.with_talk(passed_on=True)).saying("utter_passed_on", _BACK)


def call_a_person(scene: Scene, turn: Turn) -> Turn:
    """Where the desk has staff, it is called and the bot keeps still; else where a person listens and what to say.

    Staff that cannot be called is not promised.
    """
    if not scene.heard.has(WantsPerson) or turn.consultation.talk.paused:
        return turn
    elsewhere = _people_elsewhere(scene, turn)
    if not scene.desk.staff:
        return elsewhere
    called = turn.on(turn.consultation.with_talk(paused=True, passed_on=False))
    called = called.doing(EffectKind.CALL_STAFF, elsewhere).saying("utter_call_staff")
    opens = _opens_next(scene)
    if opens is not None:
        called = called.saying("utter_staff_away", when=written_moment(opens))
    elif scene.desk.hours:
        called = called.saying("utter_staff_hours", hours=scene.desk.hours)
    called = called.saying("utter_meanwhile", _PEOPLE)
    return ask(scene, called, Question.CALL_BACK) if scene.desk.call_back else called.ended()


def _opens_next(scene: Scene) -> Optional[datetime]:
    """When somebody of staff reads it, where nobody does now; None where somebody does, or that is not known."""
    window = scene.knowledge.window
    return window.staff.opens_next(datetime.fromtimestamp(scene.heard.at, JAPAN)) if window is not None else None


def _people_elsewhere(scene: Scene, turn: Turn) -> Turn:
    """Who asks for a person is asked nothing more."""
    named = turn.saying("utter_call_human", _PEOPLE)
    understood = told(scene.knowledge, turn.consultation)
    if understood:
        named = named.saying("utter_tell_them", told=understood)
    return named.on(without_an_answer(named.consultation)).ended()
