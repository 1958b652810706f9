"""Offers the 相談シート, asks for consent, and has it made."""

from __future__ import annotations

from bot.consult.answering.asking import ask, ask_what_else
from bot.consult.scene import EffectKind, Scene, Turn
from bot.consult.state import Question


def offer_sheet(scene: Scene, turn: Turn) -> Turn:
    """What would be on the sheet, how long it is kept and who can see it, and whether to make it.

    Where there is one, its address again. Before a road, that it comes after, and on.
    """
    key = turn.consultation.road_in_hand
    if key is None:
        return turn.saying("utter_sheet_after_road").coming_back()
    asked = ask(scene, turn, Question.SHEET)
    if key not in turn.consultation.roads.sheets:
        return asked
    return ask_what_else(scene, turn.doing(EffectKind.GIVE_SHEET, asked), again=True)


def make_sheet(scene: Scene, turn: Turn) -> Turn:
    """Draft the sheet for the road that was shown and give its address; its owner makes it there, or does not."""
    if turn.consultation.road_in_hand is None:
        return offer_sheet(scene, turn)
    return ask_what_else(scene, turn.doing(EffectKind.MAKE_SHEET), again=True)


def no_sheet(scene: Scene, turn: Turn) -> Turn:
    """The owner would rather have none."""
    return ask_what_else(scene, turn.saying("utter_no_sheet"), again=True)
