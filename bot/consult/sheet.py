"""Writes the consultation sheet of a road: what was told, whom to see, what to ask and to bring; nothing is guessed."""

from __future__ import annotations

from datetime import date
from typing import Optional, Sequence, Tuple

from bot.consult.cards import when_to_see
from bot.consult.doors import Door
from bot.consult.road import Road, RoadStep, road
from bot.consult.state import Consultation
from bot.knowledge import Knowledge, Phone, Words
from bot.sheets.shape import (
    MOST_OTHER_ISSUES,
    MOST_QUESTIONS,
    QUESTION,
    SITUATION,
    TRIED,
    Line,
    Link,
    Room,
    Sheet,
    Stop,
)

# An issue in which every stage matters; for the others only that the business is running is told plainly enough.
_STARTING = "創業"
_RUNNING = "創業後"
_ENDS_A_SENTENCE = "。！!？?\n"


def consultation_for_sheet(consultation: Consultation) -> Optional[Consultation]:
    """The consultation on the road that a sheet would be about; None before a road was shown for what is in hand."""
    key = consultation.road_in_hand
    if key is None:
        return None
    stayed = key.town is None and key.prefecture == consultation.owner.prefecture
    municipality = consultation.owner.municipality if stayed else key.town
    return consultation.with_roads(in_hand=key.matter).with_owner(prefecture=key.prefecture, municipality=municipality)


def words_of(consultation: Consultation) -> Tuple[str, ...]:
    """What the owner told of the issue in hand in their own words, each message once, in order."""
    issue = consultation.issue
    told = (
        words.text
        for words in consultation.roads.words
        if issue in words.about or (words.open and words.led_to == issue)
    )
    return tuple(dict.fromkeys(told))


def sheet_from(knowledge: Knowledge, consultation: Consultation, today: date) -> Sheet:
    """The sheet for a consultation whose issue is settled, with what the owner told of it in their own words.

    What nobody told is left empty. Raises ValueError where the issue is not settled.
    """
    way, owner = road(knowledge, consultation), consultation.owner
    tried, _ = _fitting(consultation.owner.tried, TRIED)
    told_beside = tuple(words for words in words_of(consultation) if words not in consultation.owner.tried)
    situation, shortened = _fitting(told_beside, SITUATION)
    return Sheet(
        issue=way.issue.label,
        sub_issue=way.sub_issue.name if way.sub_issue else None,
        also=tuple(map(Line, _other_issues(knowledge, consultation))),
        situation=situation,
        shortened=shortened,
        prefecture=owner.prefecture or "",
        municipality=owner.municipality or "",
        industry=owner.industry or "",
        workers=knowledge.words.workers.format(owner.employee_count) if owner.employee_count else "",
        stage=_stage(knowledge, consultation),
        tried=tried,
        questions=_questions(way, consultation.roads.to_ask),
        bring=tuple(map(Line, way.bring)),
        note="",
        tip=way.sub_issue.tip if way.sub_issue else None,
        stops=tuple(_stop(knowledge, way, step, today) for step in way.steps),
        paper=f"{knowledge.paper.title}（{knowledge.paper.date}）",
        day=today,
    )


def _questions(way: Road, to_ask: Sequence[str]) -> Tuple[str, ...]:
    """What the owner asked and we could not answer comes first; then what is worth asking on this road."""
    own = tuple(question for question in to_ask if QUESTION.holds(question))
    return tuple(dict.fromkeys((*own, *way.ask)))[:MOST_QUESTIONS]


def _other_issues(knowledge: Knowledge, consultation: Consultation) -> Tuple[str, ...]:
    """The other issues that a road was shown for, the latest of them."""
    names = dict.fromkeys(key.matter.issue for key in consultation.roads.shown)
    labels = tuple(knowledge.issues[name].label for name in names if name != consultation.issue)
    return labels[-MOST_OTHER_ISSUES:]


def _stage(knowledge: Knowledge, consultation: Consultation) -> str:
    told = consultation.owner.stage
    plain = told is not None and (consultation.issue == _STARTING or told == _RUNNING)
    return knowledge.words.stages[told] if told is not None and plain else ""


def _stop(knowledge: Knowledge, way: Road, step: RoadStep, today: date) -> Stop:
    referral, door = step.referral, step.door
    institution = referral.institution
    phone = _phone(door)
    return Stop(
        order=referral.order.value,
        order_label=knowledge.words.orders[referral.order],
        institution=door.name,
        formerly=institution.paper_name if institution.renamed else None,
        when=when_to_see(knowledge.words, step),
        why=referral.why,
        citation=str(referral.citation) if referral.citation else None,
        added=referral.added,
        reach=_reach(knowledge.words, door),
        phone=phone.number if phone else None,
        phone_hours=(phone.hours or None) if phone else None,
        page=_page(door),
        cost=institution.cost,
        cautions=(*_notes(knowledge.words, door, today), *institution.cautions_in(way.prefecture)),
        checked=door.checked,
    )


def _reach(words: Words, door: Door) -> str:
    """How to reach an institution: this desk, its office by name where one is known, or in general."""
    if door.window is not None:
        say = words.desk["reach"].format(say_there=door.window.say_there or words.desk["usual"])
        return f"{door.window.address}。{say}" if door.window.address else say
    address = door.near[0].address if door.town is not None and len(door.near) == 1 else None
    if address is None:  # of several, the paper has no room for each
        return door.institution.reach
    return words.offices["go_to"].format(offices=address, reach=door.institution.reach)


def _phone(door: Door) -> Optional[Phone]:
    """The number to call: the operator's own for this desk and offices of theirs, or the institution's verified one."""
    if door.window is not None:
        return door.window.phones[0]
    own = next((phone for office in door.near for phone in office.phones), None)
    return own or door.institution.phone


def _notes(words: Words, door: Door, today: date) -> Tuple[str, ...]:
    """What this desk tells on that day, and that a name may have changed."""
    changed = door.town is not None and len(door.near) == 1 and door.near[0].may_have_changed
    told = door.window.notes_on(today) if door.window else ()
    return (*told, words.offices["may_have_changed"]) if changed else told


def _page(door: Door) -> Optional[Link]:
    """Where to look first: this desk, the office near the owner, or else the list of offices, or the official page."""
    institution, office = door.institution, door.office
    if door.window is not None:
        address = door.window.appointment or (door.window.page.url if door.window.page else None)
        return Link(door.window.name, address) if address else None
    if office is not None and office.url is not None:
        return Link(office.name, office.url)
    if institution.office_list:
        return Link(institution.name, institution.office_list)
    return Link(institution.page.name, institution.page.url) if institution.page else None


def _fitting(messages: Sequence[str], room: Room) -> Tuple[str, bool]:
    """The messages, one below the other, as far as there is room: whole ones, then whole sentences of the next.

    The second value says whether something had to be left out.
    """
    text = ""
    for message in messages:
        longer = "\n".join(filter(None, (text, message)))
        if room.holds(longer):
            text = longer
            continue
        ends = [at + 1 for at, character in enumerate(message) if character in _ENDS_A_SENTENCE]
        parts = ("\n".join(filter(None, (text, message[:end].rstrip()))) for end in reversed(ends))
        begun = next((part for part in parts if room.holds(part)), None)
        if begun is None and not text:
            begun = _beginning(message, room)
        return begun or text, True
    return text, False


def _beginning(message: str, room: Room) -> str:
    """As much of a sentence without end as there is room for, with … in place of the rest."""
    end = next(end for end in range(min(len(message), room.characters), -1, -1) if room.holds(f"{message[:end]}…"))
    return f"{message[:end]}…"
