"""What the owner has told us, in words that can be said back."""

from __future__ import annotations

from bot.consult.state import UNCLEAR, Consultation
from bot.knowledge import Knowledge


def told_beside_the_issue(knowledge: Knowledge, consultation: Consultation) -> str:
    """What was understood beside what the matter is, in the same way: 場所は福島県、お仕事は金物店."""
    return told(knowledge, consultation.with_roads(in_hand=None).with_owner(employee_count=None))


def told(knowledge: Knowledge, consultation: Consultation) -> str:
    """What was understood so far, for a sentence: ご相談は人手のこと、場所は福島県. Empty where nothing was."""
    issue, sub_issue = consultation.issue_in(knowledge), consultation.sub_issue_in(knowledge)
    values = {
        "issue": issue.spoken if issue and issue.name != UNCLEAR else None,
        "sub_issue": sub_issue.name if sub_issue else None,
        "prefecture": consultation.owner.prefecture,
        "industry": consultation.owner.industry,
        "employee_count": consultation.owner.employee_count,
    }
    return "、".join(knowledge.words.told[name].format(value) for name, value in values.items() if value)
