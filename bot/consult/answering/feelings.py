"""Meets what an owner lets us see that they feel, before what they tell is taken in."""

from __future__ import annotations

from typing import Tuple

from bot.consult.answering.asking import ask_openly
from bot.consult.moves import Confides, Fact, Feeling, Feels, Tells, TurnedAway
from bot.consult.scene import Scene, Turn
from bot.consult.state import BELOW_A_ROAD, Question

_MET = {
    Feeling.BEREAVED: "utter_feels_bereaved",
    Feeling.ANGRY: "utter_feels_angry",
    Feeling.SAD: "utter_feels_sad",
    Feeling.ANXIOUS: "utter_feels_anxious",
    Feeling.TIRED: "utter_feels_tired",
    Feeling.ASHAMED: "utter_feels_ashamed",
    Feeling.RELIEVED: "utter_feels_relieved",
    Feeling.FOR_FAMILY: "utter_feels_for_family",
    Feeling.ALONE: "utter_feels_alone",
}
_NOTHING_ELSE = (Confides, Fact, Feels, Tells, TurnedAway)
_MOST_ASIDES = 24


def meet_feelings(scene: Scene, turn: Turn) -> Turn:
    """One sentence of its own kind; who tells nothing else is not pressed with a question that did not wait."""
    feeling, confides = scene.heard.first(Feels), scene.heard.first(Confides)
    if scene.heard.has(TurnedAway):
        turn = turn.saying("utter_turned_away")
    elif confides is not None:
        if _tells_a_new_matter(scene) and not scene.heard.strained:
            return turn  # which is said back, or named, first; to whom it weighs on, somebody who listens is named
        turn, reply = with_reply(scene, turn, confides)
        turn = turn.saying("utter_confides", reply=reply)
    elif feeling is not None:
        turn = turn.saying(_MET[feeling.how])
    else:
        return turn
    turn = _with_who_listens(scene, turn)
    if any(not isinstance(move, _NOTHING_ELSE) for move in scene.heard.moves) or scene.heard.comes_with:
        return turn
    if scene.heard.turned_down:
        return turn  # where they have been already is left out
    return _after_a_feeling(scene, turn)


def with_reply(scene: Scene, turn: Turn, confides: Confides) -> Tuple[Turn, str]:
    """The next answer to what was said in passing, and the turn that keeps that it was given."""
    talk, aside = turn.consultation.talk, confides.aside
    reply = scene.knowledge.asides[aside].reply[talk.asides.count(aside)]
    return turn.on(turn.consultation.with_talk(asides=(*talk.asides, aside)[-_MOST_ASIDES:])), reply


def _tells_a_new_matter(scene: Scene) -> bool:
    leading = scene.heard.leading
    return bool(scene.heard.comes_with) or (leading is not None and leading.issue != scene.before.issue)


def _with_who_listens(scene: Scene, turn: Turn) -> Turn:
    """Beside what weighs on them, once, where somebody listens at any hour."""
    if not scene.heard.strained or turn.consultation.talk.times_spoken("utter_somebody_listens"):
        return turn
    line = scene.knowledge.help_lines.lines[0]
    return turn.saying(
        "utter_somebody_listens",
        line=line.name,
        number=line.phone_in(turn.consultation.owner.prefecture),
        hours=line.hours,
    )


def _after_a_feeling(scene: Scene, turn: Turn) -> Turn:
    """Time is left to the bereaved, and below a road; else what waits comes back, or the matter is asked for."""
    feeling = scene.heard.first(Feels)
    if feeling is not None and feeling.how is Feeling.BEREAVED:
        return turn.saying("utter_take_your_time").ended()
    question = turn.consultation.question
    if question is Question.TRIAGE and scene.heard.has(Confides, Tells):
        return turn  # it may be an answer: the next question follows
    if question in BELOW_A_ROAD:
        return turn.on(turn.consultation.with_talk(standing=True)).ended()
    if question in (None, Question.ISSUE) and turn.consultation.issue is None:
        return ask_openly(scene, turn)
    return turn.coming_back()
