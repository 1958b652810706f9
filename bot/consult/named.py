"""Whom a turn names to the owner, and which places of the paper it shows them, for staff to look up."""

from __future__ import annotations

from typing import Iterator, Tuple

from bot.consult.road import road
from bot.consult.scene import Card, CardKind, Said, Turn
from bot.consult.state import Consultation
from bot.knowledge import Citation, Knowledge, Referral

_NAMED_IN = ("institution", "first")  # the words of responses that are names of institutions


def institutions_named(knowledge: Knowledge, decided: Turn) -> Tuple[str, ...]:
    """The ids of the institutions on its cards and in its words, each once, in order."""
    by_name = {institution.name: name for name, institution in knowledge.institutions.items()}
    named = (name for said in decided.said for name in _named_in(knowledge, decided.consultation, said))
    ids = (by_name.get(name, name) for name in named)
    return tuple(dict.fromkeys(name for name in ids if name in knowledge.institutions))


def places_cited(knowledge: Knowledge, decided: Turn) -> Tuple[Citation, ...]:
    """The places of the paper that stand on its cards, each once, in order."""
    cards = (said.card for said in decided.said if said.card is not None)
    return tuple(dict.fromkeys(place for card in cards for place in _cited_on(knowledge, decided.consultation, card)))


def _named_in(knowledge: Knowledge, consultation: Consultation, said: Said) -> Iterator[str]:
    """Ids and names; a name may be that of an office, which is no institution's."""
    yield from (word for key, word in said.words if key in _NAMED_IN)
    if said.card is None:
        return
    yield from said.card.institutions
    if said.card.kind is CardKind.ROAD:
        yield from (referral.institution.id for referral in _referrals(knowledge, consultation))


def _cited_on(knowledge: Knowledge, consultation: Consultation, card: Card) -> Iterator[Citation]:
    if card.kind is CardKind.SOURCE:
        cited = [knowledge.answers[card.answer or ""].citation]
    elif card.kind in (CardKind.BROUGHT, CardKind.BROUGHT_FIRST):
        cited = [knowledge.brought[card.answer or ""].citation]
    elif card.kind in (CardKind.ROAD, CardKind.WHY):
        way = consultation.with_roads(in_hand=card.matter or consultation.roads.in_hand)
        of_some = card.institutions
        on_it = (r for r in _referrals(knowledge, way) if not of_some or r.institution.id in of_some)
        cited = [referral.citation for referral in on_it]
    else:
        cited = []
    yield from (place for place in cited if place is not None)


def _referrals(knowledge: Knowledge, consultation: Consultation) -> Iterator[Referral]:
    return (step.referral for step in road(knowledge, consultation).steps)
