"""Cards for owners: roads, institutions and help lines as message parts, with every fact's label and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Dict, List, Optional, Sequence, Union

from bot.consult.choices import offered, ratings_offered
from bot.consult.doors import Door, door, doors, serves
from bot.consult.road import Road, RoadStep, road
from bot.consult.scene import Card, CardKind
from bot.consult.state import Consultation, Owner, Question
from bot.days import written, written_so_far
from bot.knowledge import (
    Answer,
    Brought,
    Institution,
    Knowledge,
    Network,
    Office,
    Phone,
    QuestionField,
    Seen,
    Window,
    Words,
)
from bot.knowledge import Referral as KnownReferral
from bot.messages import BACK_TO_BOT, Choice, Choices, Fact, Forgotten, Notice, Part, Referral, ReferralStep

_MOST_NAMED = 3  # offices of one institution in a town; the others are counted


def part_of(knowledge: Knowledge, consultation: Consultation, card: Card, day: Optional[date] = None) -> Part:
    """The message part of a card, where the consultation stands after the turn; what holds on some days, by the day."""
    words, owner = knowledge.words, consultation.owner
    institutions = [knowledge.institutions[name] for name in card.institutions]
    if card.kind is CardKind.CHOICES:
        return Choices(offered(knowledge, consultation))
    if card.kind is CardKind.ROAD:
        return referral_card(knowledge, road(knowledge, consultation), day)
    if card.kind is CardKind.HELP:
        return help_card(knowledge, owner.prefecture)
    if card.kind is CardKind.PEOPLE:
        return people_card(knowledge, words.people, knowledge.help_lines.people, owner, day, knowledge.window)
    if card.kind is CardKind.DEBTS:
        return people_card(knowledge, words.debts, knowledge.help_lines.debts, owner, day)
    if card.kind is CardKind.FORGOTTEN:
        return Forgotten()
    if card.kind is CardKind.RATING:
        return Choices(ratings_offered(knowledge))
    if card.kind is CardKind.BACK:
        return Choices((Choice(BACK_TO_BOT, knowledge.questions[Question.PAUSED].choices[0].label),))
    if card.kind is CardKind.SOURCE:
        return source_card(knowledge, knowledge.answers[card.answer or ""])
    if card.kind is CardKind.BROUGHT:
        return brought_card(knowledge, knowledge.brought[card.answer or ""], owner)
    if card.kind is CardKind.BROUGHT_FIRST:
        matter = knowledge.brought[card.answer or ""]
        return brought_card(knowledge, replace(matter, see=matter.see[:1]), owner)
    if card.kind is CardKind.FIELD:
        return field_card(knowledge, knowledge.fields[card.answer or ""], owner)
    if card.kind is CardKind.COST:
        return Notice(words.cost, tuple(Fact(institution.name, institution.cost) for institution in institutions))
    if card.kind is CardKind.WHY:
        of_the_question = consultation.with_roads(in_hand=card.matter or consultation.roads.in_hand)
        return why_card(knowledge, road(knowledge, of_the_question), card.institutions)
    (institution,) = institutions
    if card.kind is CardKind.CONTACT:
        way = door(knowledge, institution, owner)
        return Notice(way.name, tuple(contact_facts(words, way, owner.prefecture, day)))
    return institution_card(knowledge, institution, owner, day)


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


def brought_card(knowledge: Knowledge, brought: Brought, owner: Owner) -> Notice:
    """Whom to see first about a matter that was brought, by name where the owner is, and where that is said."""
    lines = _whom_to_see(knowledge, brought.see, owner)
    source = _source(knowledge, brought)
    lines.append(
        Fact(
            knowledge.words.citation, f"{source.text}" if source.link else f"{source.label} {source.text}", source.link
        )
    )
    return Notice(knowledge.words.see_first, tuple(lines))


def field_card(knowledge: Knowledge, asked: QuestionField, owner: Owner) -> Notice:
    """Who knows the answers to the questions of a field, by name where the owner is."""
    return Notice(knowledge.words.who_knows, tuple(_whom_to_see(knowledge, asked.see, owner)))


def _whom_to_see(knowledge: Knowledge, see: Sequence[Seen], owner: Owner) -> List[Fact]:
    """Each with how to reach them: in words, the offices near, by telephone, by their page."""
    words = knowledge.words
    by_name = {institution.name: institution for institution in knowledge.institutions.values()}
    lines: List[Fact] = []
    for seen in see:
        lines.append(Fact(seen.name, seen.how))
        if seen.name in by_name:
            lines += _offices_near(words, door(knowledge, by_name[seen.name], owner))
        if seen.phone is not None:
            hours = f"（{seen.phone_hours}）" if seen.phone_hours else ""
            lines.append(Fact(words.phone, f"{seen.phone}{hours}", f"tel:{seen.phone}"))
        if seen.page is not None:
            lines.append(Fact(words.page, seen.page.name, seen.page.url))
    return lines


def why_card(knowledge: Knowledge, shown: Road, institutions: Sequence[str]) -> Notice:
    """Why institutions are on a road, and where that is said."""
    steps = (step.referral for step in shown.steps if step.referral.institution.id in institutions)
    lines = (Fact(referral.institution.name, reason(knowledge, referral)) for referral in steps)
    return Notice(knowledge.words.why, tuple(lines))


def referral_card(knowledge: Knowledge, road: Road, day: Optional[date] = None) -> Referral:
    """The road as one card: each step in short and in full; once for all, what to heed and bring, sources and dates."""
    words = knowledge.words
    return Referral(
        title=words.road_title,
        issue=road.issue.name,
        sub_issue=road.sub_issue.id if road.sub_issue else None,
        steps=tuple(_step(knowledge, road, step, day, opened=step is road.steps[0]) for step in road.steps),
        closing=tuple(_closing(knowledge, road)),
        sources=(*_sources_of_road(knowledge, road), *_checked_of_road(words, road)),
        more=words.folded["more"],
        see_more=words.folded["see_more"],
    )


def _step(knowledge: Knowledge, road: Road, step: RoadStep, day: Optional[date], opened: bool) -> ReferralStep:
    words, way, referral = knowledge.words, step.door, step.referral
    institution = referral.institution
    why = Fact(words.why, referral.why)
    own = way.window is not None and road.issue.name in way.window.handles
    handles = [Fact(way.name, words.desk["handles"])] if own else []
    facts = [*handles, why, Fact(words.does, institution.does), Fact(words.cost, institution.cost)]
    facts += contact_facts(words, way, road.prefecture, day)
    return ReferralStep(
        institution_id=institution.id,
        institution=way.name,
        order=referral.order.value,
        order_label=words.orders[referral.order],
        role=referral.role.value,
        when=when_to_see(words, step),
        citation=str(referral.citation) if referral.citation else str(referral.added),
        facts=tuple(facts),
        short=(*_on_the_first_look(words, way, road.prefecture, day), why) if opened else (_one_way_in(words, way),),
    )


def _on_the_first_look(words: Words, way: Door, prefecture: Optional[str], day: Optional[date]) -> List[Fact]:
    """Of the first step: what to know today, by which telephone or page, what to say there, and what to heed."""
    window = way.window
    notes = [Fact(words.desk["notice"], note) for note in window.notes_on(day)] if window else []
    near = [] if window else _offices_near(words, way)
    reach = Fact(words.reach, _what_to_say(words, way))
    way_in = _one_way_in(words, way)
    by = [] if way_in in near or way_in.label == words.reach else [way_in]
    return [*notes, *near, *by, reach, *_cautions(words, way.institution, prefecture)]


def _one_way_in(words: Words, way: Door) -> Fact:
    """One way to reach an institution: by telephone, or else its office by name, its list or its page, or in words."""
    institution = way.institution
    numbers = _numbers(words, way.phones)
    if numbers:
        return numbers[0]
    if len(way.near) == 1 and way.near[0].url:
        return Fact(words.local, named(way.near[0]), way.near[0].url)
    if way.office:
        return Fact(words.local, way.office.name, way.office.url)
    if institution.office_list:
        return Fact(words.office_list, institution.name, institution.office_list)
    if institution.page:
        return Fact(words.page, institution.page.name, institution.page.url)
    first_sentence, end, _ = institution.reach.partition("。")
    return Fact(words.reach, f"{first_sentence}{end}")


def _what_to_say(words: Words, way: Door) -> str:
    if way.window is None:
        return way.institution.reach
    return words.desk["reach"].format(say_there=way.window.say_there or words.desk["usual"])


def _closing(knowledge: Knowledge, road: Road) -> List[Fact]:
    """What holds for the whole road: what to heed, what to bring, networks."""
    words = knowledge.words
    closing = []
    shared = next((step.door.town for step in road.steps if step.door.shared), None)
    if shared is not None:
        closing.append(Fact(words.caution, words.offices["which"].format(town=shared)))
    if road.sub_issue and road.sub_issue.tip:
        closing.append(Fact(words.caution, road.sub_issue.tip))
    closing.append(Fact(words.bring, "、".join(road.bring)))
    return [*closing, *(_network_fact(knowledge, network) for network in road.networks)]


def _sources_of_road(knowledge: Knowledge, road: Road) -> List[Fact]:
    """The places in the paper, each once; the pages that speak for additions; where the offices' names are from."""
    words, referrals = knowledge.words, [step.referral for step in road.steps]
    places = dict.fromkeys(str(referral.citation) for referral in referrals if referral.citation)
    paper = [Fact(words.citation, f"{knowledge.paper.short_title} {'／'.join(places)}")] if places else []
    added = [
        Fact(words.citation, words.folded["added"].format(institution=one.institution.name), one.added)
        for one in referrals
        if one.citation is None
    ]
    shown = [office for step in road.steps if not step.door.window for office in step.door.near[:_MOST_NAMED]]
    return [*paper, *added, *(Fact(words.offices["source"], source) for source in _sources(shown))]


def _checked_of_road(words: Words, road: Road) -> List[Fact]:
    """From which day to which the steps were checked, and on what."""
    days = sorted(step.door.checked for step in road.steps if step.door.checked)
    if not days:
        return []
    on = dict.fromkeys(words.folded[_checked_on(step.door)] for step in road.steps if step.door.checked)
    span = words.folded["days"].format(first=written(days[0]), last=written(days[-1]))
    when = written(days[0]) if days[0] == days[-1] else span
    return [Fact(words.checked, words.folded["checked"].format(day=when, on="、".join(on)))]


def _checked_on(way: Door) -> str:
    if way.office:
        return "on_list"
    return "on_copy" if way.institution.sources else "in_paper"


def _network_fact(knowledge: Knowledge, network: Network) -> Fact:
    """What a network did in 2017, whom to ask about today, and where the paper speaks of it."""
    source = f"{knowledge.paper.short_title} {network.citation}"
    return Fact(knowledge.words.network, f"{network.short_name}。{network.what}{network.to_check}（{source}）")


def reason(knowledge: Knowledge, referral: KnownReferral) -> str:
    """Why an institution is on the road, and where that is said."""
    source = f"{knowledge.paper.short_title} {referral.citation}" if referral.citation else knowledge.words.addition
    return f"{referral.why}（{source}）"


def when_to_see(words: Words, step: RoadStep) -> str:
    """When an institution on the road is the one to see; the place is no condition where it is known to be there."""
    way = step.door
    if way.window is not None:
        return words.desk["when"]
    if way.town is None:
        return step.referral.when
    return words.offices["district" if way.shared or len(way.near) > 1 else "here"].format(town=way.town)


def contact_facts(words: Words, way: Door, prefecture: Optional[str], day: Optional[date] = None) -> List[Fact]:
    """How to reach an institution: in words, by number, at the offices by name, the official page; and cautions.

    Numbers are verified ones, or the operator's own.
    """
    institution, office = way.institution, way.office
    if way.window is not None:
        return desk_facts(words, way.window, day) + _cautions(words, institution, prefecture)
    facts = _offices_near(words, way)
    facts.append(Fact(words.reach, institution.reach))
    facts += _numbers(words, (institution.phone,) if institution.phone else ())
    if office:
        facts.append(Fact(words.local, office.name, office.url))
    if institution.office_list:
        facts.append(Fact(words.office_list, institution.name, institution.office_list))
    elif institution.page and not office:
        facts.append(Fact(words.page, institution.page.name, institution.page.url))
    facts += [Fact(words.page, page.name, page.url) for page in institution.more_pages]
    if institution.renamed:
        facts.append(Fact(words.renamed, institution.renamed.note))
    return facts + _cautions(words, institution, prefecture)


def desk_facts(words: Words, window: Window, day: Optional[date] = None) -> List[Fact]:
    """How to reach this desk, in its operator's words; what holds on some days only, on those."""
    desk = words.desk
    facts = [Fact(desk["notice"], note) for note in window.notes_on(day)]
    facts += _numbers(words, window.phones)
    facts.append(Fact(words.reach, desk["reach"].format(say_there=window.say_there or desk["usual"])))
    facts += [Fact(desk["address"], window.address)] if window.address else []
    facts += [Fact(desk["appointment"], desk["book"], window.appointment)] if window.appointment else []
    facts += [Fact(words.page, window.page.name, window.page.url)] if window.page else []
    facts += [Fact(desk["closed"], window.closed)] if window.closed else []
    facts += [Fact(desk["languages"], "、".join(window.languages))] if window.languages else []
    facts += [Fact(desk["remote"], window.remote)] if window.remote else []
    return facts


def named(office: Office) -> str:
    """An office by name, with its address or else its municipality: 会津若松商工会議所（会津若松市…）."""
    where = office.address or "、".join(office.municipalities)
    return f"{office.name}（{where}）" if where else office.name


def _offices_near(words: Words, way: Door) -> List[Fact]:
    """The offices by name where the owner is, and what is to be known of them: districts, changes."""
    shown = way.near[:_MOST_NAMED]
    if not shown:
        return []
    facts: List[Fact] = []
    for office in shown:
        facts.append(Fact(words.local, named(office), office.url))
        facts += _numbers(words, office.phones)
    if len(way.near) > len(shown):
        facts.append(Fact(words.local, words.offices["more"].format(more=len(way.near) - len(shown))))
    if len(way.near) > 1 and way.town is not None:
        facts.append(Fact(words.caution, words.offices["several"].format(town=way.town)))
    if any(office.may_have_changed for office in shown):
        facts.append(Fact(words.caution, words.offices["may_have_changed"]))
    return facts


def _sources(offices: Sequence[Office]) -> List[str]:
    """Where the names are from, each source once, with the oldest of their dates."""
    dates: Dict[str, str] = {}
    for one in offices:
        dates[one.source] = min(filter(None, (dates.get(one.source), one.checked)), default="")
    return [f"{source}（{written(day)}）" if day else source for source, day in dates.items()]


def _numbers(words: Words, phones: Sequence[Phone]) -> List[Fact]:
    """Telephone numbers to press, each with what it is for and its hours."""
    facts = []
    for phone in phones:
        beside = "、".join(filter(None, (phone.label, phone.hours)))
        facts.append(
            Fact(words.phone, f"{phone.number}（{beside}）" if beside else phone.number, f"tel:{phone.number}")
        )
    return facts


def _cautions(words: Words, institution: Institution, prefecture: Optional[str]) -> List[Fact]:
    return [Fact(words.caution, caution) for caution in institution.cautions_in(prefecture)]


def _checked(words: Words, way: Door) -> List[Fact]:
    """When what is said of an institution was checked, and on what: no page was opened, so none is claimed."""
    if not way.checked:
        return []
    day = written(way.checked)
    if way.office:
        return [Fact(words.checked, words.checked_on_list.format(day=day))]
    if not way.institution.sources:
        return [Fact(words.checked, words.checked_in_paper.format(day=day))]
    dated = written_so_far(way.institution.newest_copy)
    on_copy = words.checked_on_copy if dated else words.checked_on_undated_copy
    return [Fact(words.checked, on_copy.format(day=day, dated=dated))]


def institution_card(
    knowledge: Knowledge, institution: Institution, owner: Owner, day: Optional[date] = None
) -> Notice:
    """One institution on its own: what it does, cost, how to reach it, and when that was checked."""
    words, way = knowledge.words, door(knowledge, institution, owner)
    return Notice(
        title=institution.name,
        lines=(
            Fact(words.does, institution.does),
            Fact(words.cost, institution.cost),
            *contact_facts(words, way, owner.prefecture, day),
            *_checked(words, way),
        ),
    )


def people_card(
    knowledge: Knowledge,
    title: str,
    institutions: Sequence[Institution],
    owner: Owner,
    day: Optional[date] = None,
    window: Optional[Window] = None,
) -> Notice:
    """Institutions where a person listens: how to reach each where the owner is; this desk first, where it serves."""
    words = knowledge.words
    lines: List[Fact] = []
    if window is not None and serves(window, owner):
        say = words.desk["reach"].format(say_there=window.say_there or words.desk["usual"])
        lines.append(Fact(window.name, say))
        lines += [Fact(words.desk["notice"], note) for note in window.notes_on(day)]
        lines += _numbers(words, window.phones)
        lines += [Fact(words.desk["appointment"], words.desk["book"], window.appointment)] if window.appointment else []
    for way in doors(knowledge, institutions, owner):
        if way.window is None or window is None:
            lines += _to_reach(words, way)
    return Notice(title=title, lines=tuple(lines))


def _to_reach(words: Words, way: Door) -> List[Fact]:
    """How to reach an institution in a list of several: by number and page."""
    institution, office = way.institution, way.office
    lines = [Fact(way.name, institution.reach)]
    if way.window is not None:
        return lines + _numbers(words, way.window.phones)
    lines += [Fact(words.local, named(one), one.url) for one in way.near[:_MOST_NAMED]]
    for one in way.near[:_MOST_NAMED]:
        lines += _numbers(words, one.phones)
    if institution.phone:
        number = institution.phone.number
        lines.append(Fact(words.phone, f"{number}（{institution.phone.hours}）", f"tel:{number}"))
    if office:
        lines.append(Fact(words.local, office.name, office.url))
    elif institution.page:
        lines.append(Fact(words.page, institution.page.name, institution.page.url))
    return lines


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
