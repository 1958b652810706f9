"""The kinds of entries that staff changes: what each is called, where it stands, which of its values are changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Mapping, Optional, Tuple

from bot.knowledge import Answer, Brought, Institution, Knowledge

OLD_AFTER_DAYS = 180
_YEAR, _MONTH = 4, 7  # characters of 2026 and of 2026-11


@dataclass(frozen=True)
class Kind:
    """A kind of entry: `texts` and `lists` are keys of its values that a form has, `order` all keys as they stand.

    `has_source`: it says where it is from; `sees`: it names whom to see. `file` is where all of them stand, below
    data/knowledge; None where each topic has a file.
    """

    name: str
    texts: Tuple[str, ...]
    lists: Tuple[str, ...]
    order: Tuple[str, ...]
    file: Optional[str] = None
    has_source: bool = False
    sees: bool = False


ANSWER = Kind(
    "answer",
    texts=("answer", "unknown", "ask_there", "until", "checked"),
    lists=("asked_as",),
    order=(
        *("id", "field", "institution", "issue", "sub_issue", "answer", "unknown", "ask_there", "source", "until"),
        *("asks_for_the_town", "needs", "checked", "asked_as"),
    ),
    has_source=True,
)
MATTER = Kind(
    "matter",
    texts=("name", "say", "checked"),
    lists=("told_as", "not_told_as"),
    order=(
        *("id", "issue", "sounds_like", "name", "say", "see", "then", "source", "needs", "in_mourning", "checked"),
        *("told_as", "not_told_as"),
    ),
    file="matters.yml",
    has_source=True,
    sees=True,
)
INSTITUTION = Kind(
    "institution",
    texts=("does", "cost", "reach", "caution", "checked"),
    lists=("called",),
    order=(
        *("id", "name", "reading", "paper_name", "renamed", "aliases", "called", "does", "cost", "reach", "page"),
        *("more_pages", "office_list", "phone", "caution", "local_cautions", "absent_in", "substitute", "paper"),
        *("sources", "checked"),
    ),
    file="institutions.yml",
)
SUBJECT = Kind("subject", texts=(), lists=("called",), order=("id", "called"), file="subjects.yml")
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ANSWER, MATTER, SUBJECT, INSTITUTION)}


@dataclass(frozen=True)
class Listed:
    """An entry in the list: its words, of whom and what it is, and the day of which it is known to hold.

    `day` is an ISO date, or as much of it as is known (2025-07), None where nothing is; `from_the_paper`: it is what
    the paper of 2017 says. `known` is False for an answer that says honestly that we do not know.
    """

    kind: str
    name: str
    file: str
    title: str
    words: str
    said_as: Tuple[str, ...]
    topic: Optional[str] = None
    institution: Optional[str] = None
    issue: Optional[str] = None
    known: bool = True
    day: Optional[str] = None
    from_the_paper: bool = False
    until: Optional[str] = None

    def is_old(self, today: date) -> bool:
        """Whether it was last looked at, or its source written, more than 180 days ago at the least."""
        return self.day is not None and last_day_of(self.day) < today - timedelta(days=OLD_AFTER_DAYS)

    def is_undated(self) -> bool:
        """Whether nobody knows of which day it is, although it has a source beside the paper."""
        return self.day is None and not self.from_the_paper and self.known and self.kind != SUBJECT.name

    def is_over(self, today: date) -> bool:
        """Whether it holds no more."""
        return self.until is not None and self.until < today.isoformat()


def last_day_of(day: str) -> date:
    """The last day that may be meant: 2025-07 is at the latest the 31st. Raises ValueError for what is no date."""
    if len(day) == _YEAR:
        return date(int(day), 12, 31)
    if len(day) == _MONTH:
        year, month = int(day[:_YEAR]), int(day[_YEAR + 1 :])
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date.fromisoformat(day)


def all_listed(known: Knowledge, names_of_subjects: Mapping[str, Tuple[str, ...]]) -> Tuple[Listed, ...]:
    """All entries of all kinds, in the order of their files."""
    answers = (_of_answer(known, answer) for answer in known.answers.values())
    matters = map(_of_matter, known.brought.values())
    subjects = (
        Listed(SUBJECT.name, name, "subjects.yml", called[0], "", called) for name, called in names_of_subjects.items()
    )
    return (*answers, *matters, *subjects, *map(_of_institution, known.institutions.values()))


def _of_answer(known: Knowledge, answer: Answer) -> Listed:
    return Listed(
        ANSWER.name,
        answer.id,
        f"answers/{answer.topic}.yml",
        answer.asked_as[0],
        answer.text,
        answer.asked_as,
        topic=answer.topic,
        institution=answer.scope.institution,
        issue=answer.scope.issue,
        known=answer.known,
        day=newest(answer.checked, answer.dated),
        from_the_paper=answer.citation is not None and answer.checked is None,
        until=answer.until.isoformat() if answer.until else None,
    )


def _of_matter(brought: Brought) -> Listed:
    return Listed(
        MATTER.name,
        brought.id,
        "matters.yml",
        brought.name,
        brought.say,
        (*brought.told_as, *(seen.name for seen in brought.see)),
        issue=brought.issue,
        day=newest(brought.checked, brought.dated),
        from_the_paper=brought.citation is not None and brought.checked is None,
    )


def _of_institution(institution: Institution) -> Listed:
    names = (institution.name, *institution.aliases, *institution.called)
    return Listed(
        INSTITUTION.name,
        institution.id,
        "institutions.yml",
        institution.name,
        institution.does,
        names,
        institution=institution.id,
        day=newest(institution.checked),
    )


def newest(*days: Optional[str]) -> Optional[str]:
    """The latest of these days that are dates, by the last day that each may mean."""
    dated = [day for day in days if day and _is_day(day)]
    return max(dated, key=last_day_of, default=None)


def _is_day(day: str) -> bool:
    try:
        last_day_of(day)
    except ValueError:
        return False
    return True
