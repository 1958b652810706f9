"""The state of one consultation: what the owner needs, and where the conversation stands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Callable, Dict, Optional, Tuple

from bot.knowledge import Issue, Knowledge, SubIssue

ISSUE = "issue"
WHICH_ISSUE = "which_issue"
SUB_ISSUE = "sub_issue"
PREFECTURE = "prefecture"
ANYTHING_ELSE = "anything_else"
TRIAGE = "triage"
OTHER_ISSUE = "other_issue"
CALL_BACK = "call_back"
PAUSED = "paused"
SHEET = "sheet"
FORGET = "forget"

UNCLEAR = "課題不明確"


@dataclass(frozen=True)
class Consultation:
    """What the owner has told us, and what has been asked and answered so far.

    `question` is the name of the question that waits for an answer; `standing` holds where our last words did not put
    it again. `asked` are the questions that were answered or skipped for this issue. `kept_sub_issues` are those of
    other issues that were clear when the owner told of them (issue/sub-issue), so that they need not be asked in their
    turn. `candidates` are the issues between which the owner was asked to choose. `misses` counts messages in a row
    that were not understood. `referred` are the keys of the roads already shown. `talked_about` are the institutions
    last named. `comforted` holds from a message of distress until the next one has been met. `paused` holds while the
    owner writes to staff and the bot keeps still. `tried_already` has what the owner said to have tried for the issue
    in hand, in their own words. `sheets` are the keys of the roads that the owner was given a consultation sheet for.

    Of the triage: `symptom` is its question that waits, `symptoms_asked` those that were put, `told` the answers
    (symptom/answer), `leaning` how likely each issue is by what the owner said in their own words, `quotes` those words
    that spoke for an issue (issue or issue/sub-issue, words), `triaged` whether it is over.
    """

    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    other_issues: Tuple[str, ...] = ()
    kept_sub_issues: Tuple[str, ...] = ()
    prefecture: Optional[str] = None
    municipality: Optional[str] = None
    industry: Optional[str] = None
    employee_count: Optional[str] = None
    stage: Optional[str] = None
    tried_already: Optional[str] = None
    question: Optional[str] = None
    standing: bool = False
    asked: Tuple[str, ...] = ()
    candidates: Tuple[str, ...] = ()
    symptom: Optional[str] = None
    symptoms_asked: Tuple[str, ...] = ()
    told: Tuple[str, ...] = ()
    leaning: Tuple[Tuple[str, float], ...] = ()
    quotes: Tuple[Tuple[str, str], ...] = ()
    triaged: bool = False
    misses: int = 0
    referred: Tuple[str, ...] = ()
    talked_about: Tuple[str, ...] = ()
    comforted: bool = False
    paused: bool = False
    sheets: Tuple[str, ...] = ()

    def issue_in(self, knowledge: Knowledge) -> Optional[Issue]:
        """The issue that is settled, or None."""
        return knowledge.issues[self.issue] if self.issue else None

    def sub_issue_in(self, knowledge: Knowledge) -> Optional[SubIssue]:
        """The sub-issue that is settled, or None."""
        issue = self.issue_in(knowledge)
        return issue.sub_issue(self.sub_issue) if issue and self.sub_issue else None

    def on(self, issue: str) -> "Consultation":
        """The consultation turned to an issue: what holds for the owner stays, what belonged to the last issue goes.

        An issue that was left before it was answered is kept among the others, with its sub-issue. A sub-issue that was
        kept with the new one holds again.
        """
        if issue == self.issue:
            return replace(self, question=None, candidates=())
        sub_issue = _by_issue(self.kept_sub_issues).get(issue)
        asked = tuple(question for question in self.asked if question == PREFECTURE)
        same_matter = self.issue == UNCLEAR or (self.issue is None and not self.referred)
        turned = replace(
            self,
            issue=issue,
            sub_issue=sub_issue,
            tried_already=self.tried_already if same_matter and not self.answered else None,
            question=None,
            candidates=(),
            asked=(*asked, SUB_ISSUE) if sub_issue else asked,
        )
        left = "/".join(filter(None, (self.issue, self.sub_issue)))
        return turned.with_others((left,) if self.issue and not self.answered else ())

    def put_right(self, issue: str) -> "Consultation":
        """The consultation on the issue that the owner meant all along; the one it was taken for is not kept."""
        return self.on(issue) if issue == self.issue else replace(self, issue=None, sub_issue=None).on(issue)

    def with_others(self, told: Tuple[str, ...]) -> "Consultation":
        """The same with issues kept for later, each once; `told` are issues, or issue/sub-issue where that is clear.

        The one in hand and those answered are not kept.
        """
        left_out = {*(key.split("/")[0] for key in self.referred), self.issue, UNCLEAR}
        issues = dict.fromkeys((*self.other_issues, *(issue.partition("/")[0] for issue in told)))
        others = tuple(issue for issue in issues if issue not in left_out)
        sub_issues = {**_by_issue(self.kept_sub_issues), **_by_issue(told)}
        kept = tuple(f"{issue}/{sub_issue}" for issue, sub_issue in sub_issues.items() if issue in others)
        return replace(self, other_issues=others, kept_sub_issues=kept)

    @property
    def unfinished(self) -> bool:
        """Whether something was left open: an issue without a road, or a question on the way to one."""
        return (self.issue is not None and not self.answered) or self.question not in (None, ISSUE, ANYTHING_ELSE)

    @property
    def answered(self) -> bool:
        """Whether a road has been shown for the issue in hand."""
        return any(key.split("/")[0] == self.issue for key in self.referred)

    @property
    def road_in_hand(self) -> Optional[str]:
        """The key of the road shown for the issue in hand, or shown last where none is in hand; None where none was."""
        keys = [key for key in self.referred if self.issue in (None, key.split("/")[0])]
        return keys[-1] if keys else None

    def resumed(self) -> "Consultation":
        """The same back with the bot, where it was when staff was called."""
        return replace(self, paused=False, question=None if self.question == CALL_BACK else self.question)

    def settled(self, question: str) -> "Consultation":
        """The same with a question answered or skipped."""
        return replace(self, question=None, asked=tuple(dict.fromkeys((*self.asked, question))))


def _by_issue(told: Tuple[str, ...]) -> Dict[str, str]:
    """The sub-issues among issue/sub-issue, by their issue."""
    pairs = (issue.partition("/") for issue in told)
    return {issue: sub_issue for issue, _, sub_issue in pairs if sub_issue}


SLOTS = tuple(field.name for field in fields(Consultation))


def consultation_from(slot: Callable[[str], Any]) -> Consultation:
    """The consultation kept in slots; `slot` gives a slot's value by name, None where it is not set."""
    values: Dict[str, Any] = {}
    for field in fields(Consultation):
        value = slot(field.name)
        if value is not None:
            values[field.name] = _frozen(value)
    return Consultation(**values)


def _frozen(value: Any) -> Any:
    """The tracker keeps lists where the consultation has tuples."""
    return tuple(_frozen(inner) for inner in value) if isinstance(value, (list, tuple)) else value


def slot_changes(before: Consultation, after: Consultation) -> Dict[str, Any]:
    """The slots to set so that `after` is kept where `before` was; tuples as lists."""
    changes = {}
    for name in SLOTS:
        value = getattr(after, name)
        if value != getattr(before, name):
            changes[name] = list(value) if isinstance(value, tuple) else value
    return changes
