"""Meets what an owner lets us see that they feel, before what they tell is taken in."""

from __future__ import annotations

from bot.consult.answering.asking import ask_openly
from bot.consult.moves import Fact, Feeling, Feels, Tells, TurnedAway
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
_NOTHING_ELSE = (Fact, Feels, Tells, TurnedAway)


def meet_feelings(scene: Scene, turn: Turn) -> Turn:
    """One sentence of its own kind; who tells nothing else is not pressed with a question that did not wait."""
    feeling = scene.heard.first(Feels)
    if scene.heard.has(TurnedAway):
        turn = turn.saying("utter_turned_away")
    elif feeling is not None:
        turn = turn.saying(_MET[feeling.how])
    else:
        return turn
    turn = _with_who_listens(scene, turn)
    if any(not isinstance(move, _NOTHING_ELSE) for move in scene.heard.moves) or scene.heard.comes_with:
        return turn
    return _after_a_feeling(scene, turn)


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
    if question in BELOW_A_ROAD:
        return turn.on(turn.consultation.with_talk(standing=True)).ended()
    if question in (None, Question.ISSUE) and turn.consultation.issue is None:
        return ask_openly(scene, turn)
    return turn.coming_back()
