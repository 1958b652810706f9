"""Which sub-issue a message gives away, so that it is not asked for."""

from __future__ import annotations

from typing import Optional

from bot.knowledge import Issue, SubIssue
from bot.normalization import normalized


def sub_issue_said(issue: Issue, text: str) -> Optional[SubIssue]:
    """The one sub-issue whose phrases the text contains; None where none or several speak for themselves."""
    message = normalized(text).casefold()
    weights = {
        sub.id: sum(len(phrase) for phrase in sub.owner_says if phrase.casefold() in message)
        for sub in issue.sub_issues
    }
    best = sorted(weights, key=lambda sub_id: -weights[sub_id])[:2]
    if not best or not weights[best[0]]:
        return None
    if len(best) == 2 and weights[best[1]] and weights[best[0]] < 2 * weights[best[1]]:
        return None
    return issue.sub_issue(best[0])
