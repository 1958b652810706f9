"""Cards for owners: roads, institutions and help lines as message parts, with every fact's label and source."""

from __future__ import annotations

from typing import List, Optional, Sequence, Union

from bot.consult.choices import offered
from bot.consult.road import Road, RoadStep, road
from bot.consult.scene import Card, CardKind
from bot.consult.state import Consultation
from bot.days import written, written_so_far
from bot.knowledge import Answer, Brought, Institution, Knowledge, Network, Office, Words
from bot.knowledge import Referral as KnownReferral
from bot.messages import Choices, Fact, Forgotten, Notice, Part, Referral, ReferralStep


def part_of(knowledge: Knowledge, consultation: Consultation, card: Card) -> Part:
    """The message part of a card, where the consultation stands after the turn."""
    words, prefecture = knowledge.words, consultation.owner.prefecture
    institutions = [knowledge.institutions[name] for name in card.institutions]
    if card.kind is CardKind.CHOICES:
        return Choices(offered(knowledge, consultation))
    if card.kind is CardKind.ROAD:
        return referral_card(knowledge, road(knowledge, consultation))
    if card.kind is CardKind.HELP:
        return help_card(knowledge, prefecture)
    if card.kind is CardKind.PEOPLE:
        return people_card(knowledge, words.people, knowledge.help_lines.people, prefecture)
    if card.kind is CardKind.DEBTS:
        return people_card(knowledge, words.debts, knowledge.help_lines.debts, prefecture)
    if card.kind is CardKind.FORGOTTEN:
        return Forgotten()
    if card.kind is CardKind.SOURCE:
        return source_card(knowledge, knowledge.answers[card.answer or ""])
    if card.kind is CardKind.BROUGHT:
        return brought_card(knowledge, knowledge.brought[card.answer or ""])
    if card.kind is CardKind.COST:
        return Notice(words.cost, tuple(Fact(institution.name, institution.cost) for institution in institutions))
    if card.kind is CardKind.WHY:
        of_the_question = consultation.with_roads(in_hand=card.matter or consultation.roads.in_hand)
        return why_card(knowledge, road(knowledge, of_the_question), card.institutions)
    (institution,) = institutions
    if card.kind is CardKind.CONTACT:
        office = knowledge.office(institution.id, prefecture)
        return Notice(institution.name, tuple(contact_facts(words, institution, office, prefecture)))
    return institution_card(knowledge, institution, prefecture)


def source_card(knowledge: Knowledge, answer: Answer) -> Notice:
    """Where an answer is from. Raises ValueError for an answer without a source."""
    if answer.page is None and answer.citation is None:
        raise ValueError(f"{answer.id}: has no source to show")
    return Notice(knowledge.words.citation, (_source(knowledge, answer),))


def _source(knowledge: Knowledge, said: Union[Answer, Brought]) -> Fact:
    if said.page is None:
        return Fact(knowledge.paper.short_title, str(said.citation))
    name = f"{said.page.name}（{said.dated}）" if said.dated else said.page.name
    return Fact(knowledge.words.page, name, said.page.url)


def brought_card(knowledge: Knowledge, brought: Brought) -> Notice:
    """Whom to see first about a matter that was brought, and where that is said."""
    words = knowledge.words
    lines = []
    for seen in brought.see:
        lines.append(Fact(seen.name, seen.how))
        if seen.phone is not None:
            hours = f"（{seen.phone_hours}）" if seen.phone_hours else ""
            lines.append(Fact(words.phone, f"{seen.phone}{hours}", f"tel:{seen.phone}"))
        if seen.page is not None:
            lines.append(Fact(words.page, seen.page.name, seen.page.url))
    source = _source(knowledge, brought)
    lines.append(
        Fact(words.citation, f"{source.text}" if source.link else f"{source.label} {source.text}", source.link)
    )
    return Notice(words.see_first, tuple(lines))


def why_card(knowledge: Knowledge, shown: Road, institutions: Sequence[str]) -> Notice:
    """Why institutions are on a road, and where that is said."""
    steps = (step.referral for step in shown.steps if step.referral.institution.id in institutions)
    lines = (Fact(referral.institution.name, reason(knowledge, referral)) for referral in steps)
    return Notice(knowledge.words.why, tuple(lines))


def referral_card(knowledge: Knowledge, road: Road) -> Referral:
    """The road as one card: for each step why, what it does, cost, how to reach it, citation and checked date."""
    words = knowledge.words
    closing = [Fact(words.bring, "、".join(road.bring))]
    if road.sub_issue and road.sub_issue.tip:
        closing.insert(0, Fact(words.caution, road.sub_issue.tip))
    closing += [_network_fact(knowledge, network) for network in road.networks]
    return Referral(
        title=words.road_title,
        issue=road.issue.name,
        sub_issue=road.sub_issue.id if road.sub_issue else None,
        steps=tuple(_step(knowledge, road, step) for step in road.steps),
        closing=tuple(closing),
    )


def _step(knowledge: Knowledge, road: Road, step: RoadStep) -> ReferralStep:
    words = knowledge.words
    referral = step.referral
    institution = referral.institution
    facts = [Fact(words.why, referral.why), Fact(words.does, institution.does), Fact(words.cost, institution.cost)]
    facts += contact_facts(words, institution, step.office, road.prefecture)
    if referral.citation:
        facts.append(Fact(words.citation, f"{knowledge.paper.short_title} {referral.citation}"))
    else:
        facts.append(Fact(words.citation, words.addition, referral.added))
    facts.append(_checked(words, institution, step.office))
    return ReferralStep(
        institution_id=institution.id,
        institution=institution.name,
        order=referral.order.value,
        order_label=words.orders[referral.order],
        role=referral.role.value,
        when=referral.when,
        citation=str(referral.citation) if referral.citation else str(referral.added),
        facts=tuple(facts),
    )


def _network_fact(knowledge: Knowledge, network: Network) -> Fact:
    """What a network did in 2017, whom to ask about today, and where the paper speaks of it."""
    source = f"{knowledge.paper.short_title} {network.citation}"
    return Fact(knowledge.words.network, f"{network.short_name}。{network.what}{network.to_check}（{source}）")


def _checked(words: Words, institution: Institution, office: Optional[Office]) -> Fact:
    """When what is said of an institution was checked, and on what: no page was opened, so none is claimed."""
    if office:
        return Fact(words.checked, words.checked_on_list.format(day=written(office.checked)))
    day = written(institution.checked)
    if not institution.sources:
        return Fact(words.checked, words.checked_in_paper.format(day=day))
    dated = written_so_far(institution.newest_copy)
    on_copy = words.checked_on_copy if dated else words.checked_on_undated_copy
    return Fact(words.checked, on_copy.format(day=day, dated=dated))


def reason(knowledge: Knowledge, referral: KnownReferral) -> str:
    """Why an institution is on the road, and where that is said."""
    source = f"{knowledge.paper.short_title} {referral.citation}" if referral.citation else knowledge.words.addition
    return f"{referral.why}（{source}）"


def contact_facts(
    words: Words, institution: Institution, office: Optional[Office], prefecture: Optional[str]
) -> List[Fact]:
    """How to reach an institution: in words, by verified number, at the local office or official page; and cautions."""
    facts = [Fact(words.reach, institution.reach)]
    if institution.phone:
        number = institution.phone.number
        facts.append(
            Fact(words.phone, f"{number}（{institution.phone.label}、{institution.phone.hours}）", f"tel:{number}")
        )
    if office:
        facts.append(Fact(words.local, office.name, office.url))
    if institution.office_list:
        facts.append(Fact(words.office_list, institution.name, institution.office_list))
    elif institution.page and not office:
        facts.append(Fact(words.page, institution.page.name, institution.page.url))
    facts += [Fact(words.page, page.name, page.url) for page in institution.more_pages]
    if institution.renamed:
        facts.append(Fact(words.renamed, institution.renamed.note))
    facts += [Fact(words.caution, caution) for caution in institution.cautions_in(prefecture)]
    return facts


def institution_card(knowledge: Knowledge, institution: Institution, prefecture: Optional[str]) -> Notice:
    """One institution on its own: what it does, cost, how to reach it, and when that was checked."""
    words = knowledge.words
    office = knowledge.office(institution.id, prefecture)
    return Notice(
        title=institution.name,
        lines=(
            Fact(words.does, institution.does),
            Fact(words.cost, institution.cost),
            *contact_facts(words, institution, office, prefecture),
            _checked(words, institution, office),
        ),
    )


def people_card(
    knowledge: Knowledge, title: str, institutions: Sequence[Institution], prefecture: Optional[str]
) -> Notice:
    """Institutions where a person listens: how to reach each, in the owner's prefecture where an office is known."""
    lines = []
    for institution in institutions:
        lines.append(Fact(institution.name, institution.reach))
        if institution.phone:
            number = institution.phone.number
            lines.append(Fact(knowledge.words.phone, f"{number}（{institution.phone.hours}）", f"tel:{number}"))
        office = knowledge.office(institution.id, prefecture)
        place = (
            (office.name, office.url)
            if office
            else (institution.page.name, institution.page.url)
            if institution.page
            else None
        )
        if place:
            lines.append(Fact(knowledge.words.local if office else knowledge.words.page, *place))
    return Notice(title=title, lines=tuple(lines))


def help_card(knowledge: Knowledge, prefecture: Optional[str]) -> Notice:
    """Whom an owner in distress can call now: the lines in their order, with hours and cost."""
    lines = knowledge.help_lines
    first, *others = (f"tel:{number}" for number in lines.emergency_phones)
    emergency = Fact(lines.emergency, " / ".join(lines.emergency_phones), first, tuple(others))
    return Notice(
        title=knowledge.words.help_lines,
        lines=(
            emergency,
            *(
                Fact(
                    line.name,
                    f"{line.phone_in(prefecture)}（{line.hours}、{line.cost}）",
                    f"tel:{line.phone_in(prefecture)}",
                )
                for line in lines.lines
            ),
            Fact(knowledge.words.page, lines.official_page.name, lines.official_page.url),
            Fact(knowledge.words.checked, knowledge.words.checked_on_copies.format(day=written(lines.checked))),
        ),
    )
