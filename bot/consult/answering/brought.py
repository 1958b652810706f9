"""Says at once what helps in a matter that no road is for, or that cannot wait: taxes, a court's letter, a flood."""

from __future__ import annotations

from bot.consult.answering.asking import ask, below_the_road, introduced
from bot.consult.answering.taking_in import said_back
from bot.consult.moves import Asks, Brings, every
from bot.consult.scene import Card, CardKind, Scene, Turn
from bot.consult.state import UNCLEAR, Consultation, Question
from bot.knowledge import Brought


def meet_what_is_brought(scene: Scene, turn: Turn) -> Turn:
    """Whom to see first and how, or what was surely asked of it; then what waits, or leads to the road that helps."""
    brings = scene.heard.first(Brings)
    if brings is None:
        return turn
    brought = scene.knowledge.brought[brings.matter]
    card = Card(CardKind.BROUGHT, answer=brought.id)
    said = _named(scene, introduced(turn), brought)
    if brought.cannot_wait or not any(asked.surely for asked in every(scene.heard.moves, Asks)):
        said = said.saying("utter_brought_helps", card, say=brought.say)
    names = dict.fromkeys((*said.consultation.roads.brought, brought.id))
    consultation = said.consultation.with_roads(brought=tuple(names))
    if consultation.issue == UNCLEAR and not consultation.answered:
        consultation = _without_the_search(consultation)
    if consultation.issue is not None and not consultation.answered:
        return said.on(consultation) if consultation.question is None else said.on(consultation).coming_back()
    opens = consultation.question in (None, Question.ISSUE)
    if opens and consultation.issue is None and brought.then is not None:
        search = consultation.on(UNCLEAR).with_search(told=(*consultation.search.told, brought.then))
        return said.on(search)
    if not opens or scene.heard.has(Asks):
        return said.on(consultation).coming_back()
    return ask(scene, said.on(consultation), below_the_road(consultation))


def _named(scene: Scene, turn: Turn, brought: Brought) -> Turn:
    """The matter in the owner's own words, felt with, where they can be said back; else by its name."""
    if scene.heard.said_back:
        return said_back(scene, turn, brought.issue)
    return turn.saying("utter_brought", name=brought.name)


def _without_the_search(consultation: Consultation) -> Consultation:
    """The same with the search for the issue at its end: what they brought is what it was looking for."""
    return consultation.with_roads(in_hand=None).with_talk(question=None, candidates=()).with_search(over=True)
