"""Which sub-issue a message gives away, so that it is not asked for."""

from __future__ import annotations

from collections import Counter
from typing import Optional

from bot.knowledge import Issue, SubIssue
from bot.normalization import normalized


def sub_issue_said(issue: Issue, text: str) -> Optional[SubIssue]:
    """The one sub-issue whose phrases the text contains; None where none does, or several do equally."""
    message = normalized(text).casefold()
    counts = Counter(
        {sub.id: sum(phrase.casefold() in message for phrase in sub.owner_says) for sub in issue.sub_issues}
    )
    (best, most), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return issue.sub_issue(best) if most > second else None
