"""What is kept of an owner's words: deleted where they want that, and told where a number was not kept at all."""

from __future__ import annotations

from bot.consult.answering.asking import ask
from bot.consult.choices import YES
from bot.consult.moves import (
    Asks,
    Brings,
    Complains,
    Fact,
    NotProblem,
    Pick,
    Problem,
    Stops,
    Tells,
    WantsCallBack,
    WantsPerson,
    WantsToBeForgotten,
)
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import Question

_NOT_KEPT = "utter_number_not_kept"
_SOMETHING_ELSE = (Asks, Brings, Complains, Fact, NotProblem, Problem, Stops, Tells, WantsPerson)


def forget(scene: Scene, turn: Turn) -> Turn:
    """What would be gone is said, and asked once whether that is so; after a yes it is gone, after a no it goes on.

    The erasing itself follows when the turn is over (bot/frame/turns.py): the part beside the words asks for it.
    """
    pick = scene.heard.first(Pick)
    if pick is not None and pick.option.question is Question.FORGET:
        answered = turn.on(turn.consultation.with_talk(question=None))
        if pick.option.answer == YES:
            return answered.saying("utter_forgotten", Card(CardKind.FORGOTTEN)).ended()
        kept = answered.saying("utter_not_forgotten")
        return kept.ended() if kept.consultation.talk.paused else kept.coming_back()
    if not scene.heard.has(WantsToBeForgotten):
        return _kept(scene, turn) if scene.before.question is Question.FORGET else turn
    if scene.heard.shown_elsewhere:
        turn = turn.saying("utter_forget_elsewhere")
    return ask(scene, turn, Question.FORGET)


def _kept(scene: Scene, turn: Turn) -> Turn:
    """Who speaks of something else than whether to delete is not asked again: nothing is deleted, and it goes on."""
    if turn.consultation.talk.paused or not scene.heard.has(*_SOMETHING_ELSE):
        return turn
    return turn.on(turn.consultation.with_talk(question=None)).saying("utter_not_forgotten")


def say_what_is_not_kept(scene: Scene, turn: Turn) -> Turn:
    """Who wrote a number that is not kept is told so, once; where they wrote nothing else, what waits is put again.

    The number to call back at is wanted, and passed on.
    """
    if not scene.heard.hides or scene.heard.has(WantsCallBack):
        return turn
    if not turn.consultation.talk.times_spoken(_NOT_KEPT):
        turn = turn.saying(_NOT_KEPT)
    return turn.coming_back() if scene.heard.hides_all and not turn.consultation.talk.paused else turn
