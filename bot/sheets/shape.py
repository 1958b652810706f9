"""The consultation sheet (相談シート): one page an owner takes to the desk; its shape, its limits and its JSON."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Dict, Mapping, Optional, Tuple, Type

JAPAN = timezone(timedelta(hours=9))


@dataclass(frozen=True)
class Room:
    """The room a field has on paper: characters in all, lines, and full-width characters a line."""

    characters: int
    lines: int
    per_line: int

    def holds(self, text: str) -> bool:
        """Whether the text fits."""
        return len(text) <= self.characters and lines_on_paper(text, self.per_line) <= self.lines


# Measured on the printed page (tests/web/test_print.py): with every field full, the longest road is still one page.
SITUATION = Room(220, 8, 32)
TRIED = Room(80, 3, 32)
QUESTION = Room(40, 2, 21)
NOTE = Room(90, 2, 56)
FACT = Room(20, 2, 11)
MOST_QUESTIONS = 4
MOST_OTHER_ISSUES = 3


@dataclass(frozen=True)
class Line:
    """A line that the owner may leave out."""

    text: str
    kept: bool = True


@dataclass(frozen=True)
class Link:
    """A page of an institution."""

    name: str
    url: str


@dataclass(frozen=True)
class Stop:
    """An institution on the road, as told at the time; `order_label` is まず, 次に or 必要なら.

    `formerly` is its name in the paper where that changed. `citation` is its place in the paper; `added` is the page
    that speaks for an institution which the paper does not name. `checked` is a day such as 2026-11-22,
    None where whoever runs the window says it themselves.
    """

    order: str
    order_label: str
    institution: str
    formerly: Optional[str]
    when: str
    why: str
    citation: Optional[str]
    added: Optional[str]
    reach: str
    phone: Optional[str]
    phone_hours: Optional[str]
    page: Optional[Link]
    cost: str
    cautions: Tuple[str, ...]
    checked: Optional[str]
    kept: bool = True


@dataclass(frozen=True)
class Sheet:
    """Everything on the page. A field that nobody told is empty, and stays so until the owner fills it.

    `situation` is in the owner's own words; `shortened` says that there was more than the page holds. `also` are other
    issues a road was shown for. `paper` is the title of the paper that the citations point into. `day` is when it was
    made (or drafted), in Japan.
    """

    issue: str
    sub_issue: Optional[str]
    also: Tuple[Line, ...]
    situation: str
    shortened: bool
    prefecture: str
    municipality: str
    industry: str
    workers: str
    stage: str
    tried: str
    questions: Tuple[str, ...]
    bring: Tuple[Line, ...]
    note: str
    tip: Optional[str]
    stops: Tuple[Stop, ...]
    paper: str
    day: date


def lines_on_paper(text: str, per_line: int) -> int:
    """How many lines a text takes at most where `per_line` full-width characters fit on one.

    Every character counts as full width, since Latin letters may be as wide, and pictures as two. One character a line
    is left free: a mark that must not begin a line takes its neighbour along.
    """
    return sum(max(1, math.ceil(_width(line) / (per_line - 1))) for line in text.split("\n"))


def _width(line: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in line if unicodedata.category(character) != "Mn")


def today() -> date:
    """Today in Japan."""
    return datetime.now(JAPAN).date()


def sheet_to_json(sheet: Sheet) -> str:
    """The sheet as JSON text."""
    return json.dumps({**asdict(sheet), "day": sheet.day.isoformat()}, ensure_ascii=False)


def sheet_from_json(text: str) -> Sheet:
    """The sheet that a JSON text stands for. Raises ValueError for a misshapen one."""
    try:
        data: Dict[str, Any] = json.loads(text)
        return Sheet(
            **{
                **data,
                "also": _all(Line, data["also"]),
                "bring": _all(Line, data["bring"]),
                "questions": tuple(data["questions"]),
                "stops": tuple(map(_stop, data["stops"])),
                "day": date.fromisoformat(data["day"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"consultation sheet: {error}") from error


def _stop(data: Mapping[str, Any]) -> Stop:
    page = Link(**data["page"]) if data["page"] else None
    return Stop(**{**data, "page": page, "cautions": tuple(data["cautions"])})


def _all(kind: Type[Any], items: Any) -> Tuple[Any, ...]:
    return tuple(kind(**item) for item in items)
