"""Tables as files that a spreadsheet opens: in Japanese, and with nothing in them that it would compute."""

from __future__ import annotations

import csv
import io
from typing import Sequence, Union

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel in Japan reads UTF-8 as Shift_JIS
# What makes a formula of a cell, also written wide: https://owasp.org/www-community/attacks/CSV_Injection
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = Union[str, int]


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The rows as CSV (RFC 4180) in UTF-8 with a byte order mark, every text in quotation marks."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(
        [cell if isinstance(cell, int) else harmless(cell) for cell in row] for row in rows
    )
    return f"{_BYTE_ORDER_MARK}{written.getvalue()}".encode()


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would compute it; NUL is left out."""
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" \u3000").startswith(_BEGINS_A_FORMULA) else text
