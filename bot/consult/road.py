"""The owner's road: whom to see first, next, and where needed, for what has been told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional, Tuple

from bot.consult.doors import Door, doors, serves
from bot.consult.state import Consultation, RoadKey
from bot.knowledge import Issue, Knowledge, Matter, Network, Office, Order, Referral, Role, SubIssue, Window


@dataclass(frozen=True)
class RoadStep:
    """A referral, and where the owner comes in there."""

    referral: Referral
    door: Door

    @property
    def office(self) -> Optional[Office]:
        """The office for the owner's prefecture, where one is known."""
        return self.door.office


@dataclass(frozen=True)
class Road:
    """The institutions for one issue, in order, each at most once. Source: 別添2, at each step's citation.

    `networks` are those of 別添3 that helped with the issue where the owner is. `too_far` is this desk, where it is of
    a kind that is on the road, and the owner is outside its area.
    """

    issue: Issue
    sub_issue: Optional[SubIssue]
    prefecture: Optional[str]
    steps: Tuple[RoadStep, ...]
    networks: Tuple[Network, ...] = ()
    too_far: Optional[Window] = None

    @property
    def key(self) -> RoadKey:
        """Names the road."""
        matter = Matter(self.issue.name, self.sub_issue.id if self.sub_issue else None)
        town = next((step.door.town for step in self.steps if step.door.town), None)
        return RoadKey(matter, self.prefecture, tuple(network.id for network in self.networks), town)

    @property
    def bring(self) -> Tuple[str, ...]:
        """What to bring, for the sub-issue where it is known."""
        return self.sub_issue.bring if self.sub_issue else self.issue.bring

    @property
    def ask(self) -> Tuple[str, ...]:
        """What to ask at the desk, for the sub-issue where it differs."""
        return (self.sub_issue.ask if self.sub_issue else ()) or self.issue.ask


def road(knowledge: Knowledge, consultation: Consultation) -> Road:
    """The road for a consultation whose issue is settled. Raises ValueError where it is not.

    Institutions that the owner's prefecture does not have are left out.
    """
    issue = consultation.issue_in(knowledge)
    if issue is None:
        raise ValueError("a road needs an issue; ask for it first")
    sub_issue = consultation.sub_issue_in(knowledge)
    owner, prefecture = consultation.owner, consultation.owner.prefecture
    referrals = {
        referral.institution.id: referral
        for referral in (sub_issue.referrals if sub_issue else issue.referrals)
        if prefecture not in referral.institution.absent_in
    }
    wanted = {name: referral for name, referral in referrals.items() if name not in consultation.roads.turned_down}
    referrals = wanted or referrals  # somebody has to be named
    ways = doors(knowledge, (referral.institution for referral in referrals.values()), owner)
    steps = tuple(RoadStep(referrals[way.institution.id], way) for way in ways)
    steps = _without_who_is_not_there(knowledge, consultation, steps)
    desk = knowledge.window
    outside = desk is not None and desk.institution_id in referrals and not serves(desk, owner)
    networks = tuple(
        network
        for network in knowledge.networks
        if issue.name in network.issues and network.reaches(prefecture, consultation.owner.municipality)
    )
    return Road(issue, sub_issue, prefecture, _this_desk_first(steps), networks, desk if outside else None)


def _without_who_is_not_there(
    knowledge: Knowledge, consultation: Consultation, steps: Tuple[RoadStep, ...]
) -> Tuple[RoadStep, ...]:
    """The steps without a 商工会 in place of the 商工会議所 that was no help, or the reverse, unless it is known.

    They share the land between them: mostly the owner's town has but one.
    """
    divided = knowledge.local.divided
    if not {*consultation.roads.turned_down} & {*divided}:
        return steps
    wanted = consultation.talk.talked_about  # 会議所ではなく、音更なら商工会ですよね
    known = tuple(
        step
        for step in steps
        if step.referral.institution.id not in divided
        or step.referral.institution.id in wanted
        or step.door.town
        or step.door.window
    )
    return known or steps


def _this_desk_first(steps: Tuple[RoadStep, ...]) -> Tuple[RoadStep, ...]:
    """The road with this desk at its beginning, where it is a first contact and the paper begins with such.

    Where the paper begins with a specialist, this desk keeps its place.
    """
    own = next((step for step in steps if step.door.window is not None), None)
    if own is None or Role.FIRST_CONTACT is not steps[0].referral.role:
        return steps
    if own.referral.role is not Role.FIRST_CONTACT and own.referral.order is not Order.FIRST:
        return steps
    first = replace(own, referral=replace(own.referral, order=Order.FIRST))
    return (first, *(step for step in steps if step is not own))
