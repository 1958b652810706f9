"""The owner's road: whom to see first, next, and where needed, for what has been told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from bot.consult.state import Consultation, RoadKey
from bot.knowledge import Issue, Knowledge, Matter, Network, Office, Referral, SubIssue


@dataclass(frozen=True)
class RoadStep:
    """A referral and, where one is known, the office in the owner's prefecture."""

    referral: Referral
    office: Optional[Office] = None


@dataclass(frozen=True)
class Road:
    """The institutions for one issue, in order, each at most once. Source: 別添2, at each step's citation.

    `networks` are those of 別添3 that helped with the issue where the owner is.
    """

    issue: Issue
    sub_issue: Optional[SubIssue]
    prefecture: Optional[str]
    steps: Tuple[RoadStep, ...]
    networks: Tuple[Network, ...] = ()

    @property
    def key(self) -> RoadKey:
        """Names the road."""
        matter = Matter(self.issue.name, self.sub_issue.id if self.sub_issue else None)
        return RoadKey(matter, self.prefecture, tuple(network.id for network in self.networks))

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
    prefecture = consultation.owner.prefecture
    referrals = sub_issue.referrals if sub_issue else issue.referrals
    steps = tuple(
        RoadStep(referral, knowledge.office(referral.institution.id, prefecture))
        for referral in referrals
        if prefecture not in referral.institution.absent_in
    )
    networks = tuple(
        network
        for network in knowledge.networks
        if issue.name in network.issues and network.reaches(prefecture, consultation.owner.municipality)
    )
    return Road(issue, sub_issue, prefecture, steps, networks)
