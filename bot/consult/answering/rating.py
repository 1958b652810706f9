"""Whether the consultation was of use: offered once, quietly, below a farewell; and why, in the owner's own words."""

from __future__ import annotations

from dataclasses import replace

from bot.consult.moves import Complains, Distress, Feeling, Feels, OffTopic, Rates, SaysWhy, WantsToBeForgotten, every
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import BELOW_A_ROAD

RATED_USEFUL, RATED_NOT_USEFUL, RATED_WHY = "utter_rated_useful", "utter_rated_not_useful", "utter_rated_why"
_FAREWELLS = ("utter_goodbye", "utter_close", "utter_encourage", "utter_encourage_call", "utter_thank")
_MET_IN_DISTRESS = ("utter_comfort", "utter_stay_near", "utter_believed")
_MET_IN_ANGER = ("utter_feels_angry",)
_CARD = Card(CardKind.RATING)


def take_rating(scene: Scene, turn: Turn) -> Turn:
    """Who rates is thanked and may say why; who says why is thanked. It goes no further."""
    if scene.heard.has(SaysWhy):
        return turn.saying(RATED_WHY).ended()
    rating = scene.heard.first(Rates)
    if rating is None:
        return turn
    response = RATED_USEFUL if rating.useful else RATED_NOT_USEFUL
    return turn.on(turn.consultation.with_talk(why_asked=True)).saying(response).on_standing()


def with_rating(scene: Scene, turn: Turn) -> Turn:
    """The turn with the two answers below its last words, where these are a farewell after something was told.

    Once in a conversation; neither to who was in distress or angry in it, nor while staff has it.
    """
    last = turn.said[-1] if turn.said else None
    if last is None or last.response not in _FAREWELLS or last.card is not None or not _may_be_asked(scene, turn):
        return turn
    offered = turn.consultation.with_talk(rating_offered=True, rating_open=True)
    return replace(turn, said=(*turn.said[:-1], replace(last, card=_CARD))).on(offered)


def _may_be_asked(scene: Scene, turn: Turn) -> bool:
    after, heard = turn.consultation, scene.heard
    talk, roads = after.talk, after.roads
    if talk.rating_offered or talk.paused or talk.comforted or after.question not in (None, *BELOW_A_ROAD):
        return False
    if heard.strained or heard.hides or heard.has(Distress, Complains, OffTopic, WantsToBeForgotten):
        return False
    if any(feels.how is not Feeling.RELIEVED for feels in every(heard.moves, Feels)):
        return False
    if any(talk.times_spoken(response) for response in (*_MET_IN_DISTRESS, *_MET_IN_ANGER)):
        return False
    return bool(roads.shown or roads.brought or roads.words)
