"""Says at once what helps in a matter that no road is for, or that cannot wait: taxes, a court's letter, a flood."""

from __future__ import annotations

from bot.consult.answering.asking import ask, below_the_road, introduced
from bot.consult.moves import Asks, Brings
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import UNCLEAR, Question
from bot.knowledge import Matter


def meet_what_is_brought(scene: Scene, turn: Turn) -> Turn:
    """Whom to see first and how; then what waits, or what leads to the road that helps afterwards."""
    brings = scene.heard.first(Brings)
    if brings is None:
        return turn
    brought = scene.knowledge.brought[brings.matter]
    card = Card(CardKind.BROUGHT, answer=brought.id)
    said = introduced(turn).saying("utter_brought", card, name=brought.name, say=brought.say)
    consultation = said.consultation.with_roads(brought=(*said.consultation.roads.brought, brought.id))
    if consultation.issue is not None and not consultation.answered:
        return said.on(consultation) if consultation.question is None else said.on(consultation).coming_back()
    opens = consultation.question in (None, Question.ISSUE)
    if opens and consultation.issue is None and brought.then is not None:
        search = consultation.on(UNCLEAR).with_search(told=(*consultation.search.told, brought.then))
        return said.on(search)
    if not opens or scene.heard.has(Asks):
        return said.on(consultation).coming_back()
    if brought.issue is not None:
        consultation = consultation.keeping((Matter(brought.issue),))
    return ask(scene, said.on(consultation), below_the_road(consultation))
