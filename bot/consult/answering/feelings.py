"""Meets what an owner feels, before what they tell is taken in."""

from __future__ import annotations

from bot.consult.moves import Fact, Mourns, Tells
from bot.consult.scene import Scene, Turn

_NOTHING_ELSE = (Fact, Mourns, Tells)


def condole(scene: Scene, turn: Turn) -> Turn:
    """Who tells of a death is condoled with; where they tell nothing else, nothing is asked of them now."""
    if not scene.heard.has(Mourns):
        return turn
    condoled = turn.saying("utter_condole")
    only_that = all(isinstance(move, _NOTHING_ELSE) for move in scene.heard.moves)
    return condoled.saying("utter_take_your_time").ended() if only_that else condoled
