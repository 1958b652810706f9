"""Which questions about whom are answered, and which honestly not, as a table to read (docs/answers.md)."""

from __future__ import annotations

from typing import List, Optional

from bot.knowledge.model import Answer, Knowledge

_KNOWN, _HONEST, _BOTH, _NOTHING = "○", "△", "◎", ""


def answer_table(knowledge: Knowledge) -> str:
    """Markdown: a row an institution, then the issues and what holds anywhere; a column a topic."""
    topics = sorted({answer.topic for answer in knowledge.answers.values()})
    lines = [f"| | {' | '.join(topics)} |", f"|---|{'---|' * len(topics)}"]
    for institution in knowledge.institutions.values():
        lines.append(_row(institution.name, [_cell(_of(knowledge, topic, institution.id)) for topic in topics]))
    for issue in knowledge.issues:
        lines.append(_row(issue, [_cell(_of(knowledge, topic, issue=issue)) for topic in topics]))
    lines.append(_row("どこでも", [_cell(_of(knowledge, topic)) for topic in topics]))
    return "\n".join(lines)


def _of(
    knowledge: Knowledge, topic: str, institution: Optional[str] = None, issue: Optional[str] = None
) -> List[Answer]:
    answers = (answer for answer in knowledge.answers.values() if answer.topic == topic)
    return [answer for answer in answers if (answer.scope.institution, answer.scope.issue) == (institution, issue)]


def _cell(answers: List[Answer]) -> str:
    known, honest = any(a.known for a in answers), any(not a.known for a in answers)
    return _BOTH if known and honest else _KNOWN if known else _HONEST if honest else _NOTHING


def _row(name: str, cells: List[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
