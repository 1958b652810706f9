"""The state of one consultation, in four groups: the owner, the talk, the search for the issue, and the roads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Optional, Tuple

from bot.consult.state.owner import Owner
from bot.consult.state.questions import Question
from bot.consult.state.roads import MOST_TO_ASK, RoadKey, Roads
from bot.consult.state.search import Search
from bot.consult.state.talk import Talk
from bot.knowledge import Issue, Knowledge, Matter, SubIssue

UNCLEAR = "課題不明確"


@dataclass(frozen=True)
class Consultation:
    """What the owner has told us, and where the talk stands. Every change makes a new one."""

    owner: Owner = field(default_factory=Owner)
    talk: Talk = field(default_factory=Talk)
    search: Search = field(default_factory=Search)
    roads: Roads = field(default_factory=Roads)

    @property
    def question(self) -> Optional[Question]:
        """The question that waits for an answer."""
        return self.talk.question

    @property
    def issue(self) -> Optional[str]:
        """The issue in hand, by its name."""
        return self.roads.in_hand.issue if self.roads.in_hand else None

    @property
    def sub_issue(self) -> Optional[str]:
        """The sub-issue in hand, by its id."""
        return self.roads.in_hand.sub_issue if self.roads.in_hand else None

    @property
    def others(self) -> Tuple[str, ...]:
        """The issues kept for later."""
        return tuple(matter.issue for matter in self.roads.later)

    def issue_in(self, knowledge: Knowledge) -> Optional[Issue]:
        """The issue that is settled, or None."""
        return knowledge.issues[self.issue] if self.issue else None

    def sub_issue_in(self, knowledge: Knowledge) -> Optional[SubIssue]:
        """The sub-issue that is settled, or None."""
        issue = self.issue_in(knowledge)
        return issue.sub_issue(self.sub_issue) if issue and self.sub_issue else None

    def with_owner(self, **changes: Any) -> Consultation:
        """The same with other values in `owner`."""
        return replace(self, owner=replace(self.owner, **changes))

    def with_talk(self, **changes: Any) -> Consultation:
        """The same with other values in `talk`."""
        return replace(self, talk=replace(self.talk, **changes))

    def with_search(self, **changes: Any) -> Consultation:
        """The same with other values in `search`."""
        return replace(self, search=replace(self.search, **changes))

    def with_roads(self, **changes: Any) -> Consultation:
        """The same with other values in `roads`."""
        return replace(self, roads=replace(self.roads, **changes))

    def on(self, issue: str) -> Consultation:
        """The consultation turned to an issue: what holds for the owner stays, what belonged to the last issue goes.

        An issue that was left before it was answered is kept among the others, with its sub-issue. A sub-issue that was
        kept with the new one holds again.
        """
        if issue == self.issue:
            return self.with_talk(question=None, candidates=())
        kept = next((matter for matter in self.roads.later if matter.issue == issue), Matter(issue))
        denied = tuple(name for name in self.roads.denied if name != issue)
        asked = tuple(question for question in self.talk.asked if question is Question.PREFECTURE)
        same_matter = self.issue == UNCLEAR or (self.issue is None and not self.roads.shown)
        turned = (
            self.with_roads(in_hand=kept, denied=denied)
            .with_owner(tried=self.owner.tried if same_matter and not self.answered else ())
            .with_talk(question=None, candidates=(), asked=(*asked, Question.SUB_ISSUE) if kept.sub_issue else asked)
            .with_talk(put=self.talk.put if same_matter and not self.answered else 0)
        )
        left = () if self.roads.in_hand is None or self.answered else (self.roads.in_hand,)
        return turned.keeping(left)

    def keeping(self, told: Tuple[Matter, ...]) -> Consultation:
        """The same with matters kept for later, each issue once; a sub-issue told later takes the place of an earlier.

        The issue in hand and those answered are not kept.
        """
        left_out = {*(key.matter.issue for key in self.roads.shown), self.issue, UNCLEAR, *self.roads.denied}
        kept = {matter.issue: matter for matter in self.roads.later}
        for matter in told:
            if matter.sub_issue is not None or matter.issue not in kept:
                kept[matter.issue] = matter
        return self.with_roads(later=tuple(matter for issue, matter in kept.items() if issue not in left_out))

    def without(self, *issues: Optional[str]) -> Consultation:
        """The same with issues that the owner denies: not in hand, not kept, and not offered again."""
        denied = tuple(dict.fromkeys((*self.roads.denied, *(i for i in issues if i is not None and i != UNCLEAR))))
        later = tuple(matter for matter in self.roads.later if matter.issue not in denied)
        in_hand = None if self.issue in issues else self.roads.in_hand
        return self.with_roads(in_hand=in_hand, later=later, denied=denied).with_talk(candidates=(), put=0)

    def about(self, sub_issue: str) -> Consultation:
        """The same with the sub-issue of the issue in hand settled."""
        if self.issue is None:
            raise ValueError(f"sub-issue {sub_issue!r}: there is no issue in hand that it could belong to")
        return self.settled(Question.SUB_ISSUE).with_roads(in_hand=Matter(self.issue, sub_issue))

    def to_be_asked(self, question: str) -> Consultation:
        """The same with a question that we could not answer kept for the sheet, the latest of them."""
        kept = tuple(one for one in self.roads.to_ask if one != question)
        return self.with_roads(to_ask=(*kept, question)[-MOST_TO_ASK:])

    @property
    def unfinished(self) -> bool:
        """Whether something was left open: an issue without a road, or a question on the way to one."""
        open_issue = self.issue is not None and not self.answered
        return open_issue or self.question not in (None, Question.ISSUE, Question.ANYTHING_ELSE)

    @property
    def answered(self) -> bool:
        """Whether a road has been shown for the issue in hand."""
        return any(key.matter.issue == self.issue for key in self.roads.shown)

    @property
    def road_in_hand(self) -> Optional[RoadKey]:
        """The road shown for the issue in hand, or shown last where none is in hand; None where none was."""
        keys = [key for key in self.roads.shown if self.issue in (None, key.matter.issue)]
        return keys[-1] if keys else None

    def resumed(self) -> Consultation:
        """The same back with the bot, where it was when staff was called."""
        question = None if self.question is Question.CALL_BACK else self.question
        return self.with_talk(paused=False, passed_on=False, question=question)

    def settled(self, question: Question) -> Consultation:
        """The same with a question answered or skipped."""
        return self.with_talk(question=None, asked=tuple(dict.fromkeys((*self.talk.asked, question))))
