"""Turns as a file for whoever keeps them elsewhere: a table that no spreadsheet takes for formulas, or JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Iterable

from bot.console.times import in_japan
from bot.masking import masked
from bot.store import TurnRecord

# What spreadsheets take for the beginning of a formula, full-width signs included; tabs and line ends lead to one
# (https://owasp.org/www-community/attacks/CSV_Injection).
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_FOR_SPREADSHEETS = "\ufeff"  # else Excel does not read UTF-8


class Kind(str, Enum):
    """What the file is."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True)
class Line:
    """A turn in the file; several names or messages stand in one text, with a space or a line end between."""

    conversation: str
    number: int
    at: str
    channel: str
    owner: str
    pressed: str
    bot: str
    issue: str
    sub_issue: str
    prefecture: str
    institutions: str
    reasons: str


def line_of(turn: TurnRecord) -> Line:
    """A turn, without numbers that belong to a person."""
    return Line(
        conversation=turn.conversation,
        number=turn.number,
        at=in_japan(turn.at).isoformat(timespec="seconds"),
        channel=turn.channel,
        owner=masked(turn.words),
        pressed=turn.pressed or "",
        bot="\n".join(spoken.message.plain() for spoken in turn.said),
        issue=turn.after.issue or "",
        sub_issue=turn.after.sub_issue or "",
        prefecture=turn.after.prefecture or "",
        institutions=" ".join(turn.decided.institutions),
        reasons=" ".join(reason.value for reason in turn.reasons),
    )


def written(lines: Iterable[Line], kind: Kind) -> bytes:
    """The file."""
    if kind is Kind.JSON:
        return json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1).encode()
    text = io.StringIO(newline="")
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(Line.__dataclass_fields__)
    for line in lines:
        table.writerow([_no_formula(str(cell)) for cell in asdict(line).values()])
    return f"{_FOR_SPREADSHEETS}{text.getvalue()}".encode()


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_BEGINS_A_FORMULA) else cell
