"""What the operator sets to connect the bot to LINE (docs/line.md)."""

from __future__ import annotations

from typing import Optional

from pydantic import Field

from bot.operator.environment import Settings
from bot.operator.this_machine import leads_here

SECRET = "KAKARITSUKE_LINE_SECRET"
TOKEN = "KAKARITSUKE_LINE_TOKEN"
API = "KAKARITSUKE_LINE_API"
DATA_API = "KAKARITSUKE_LINE_DATA_API"


class LineAccount(Settings):
    """The channel's secret and access token, and where LINE's two API hosts are (None: where LINE has them)."""

    line_secret: str = Field("", repr=False)
    line_token: str = Field("", repr=False)
    line_api: Optional[str] = None
    line_data_api: Optional[str] = None


def owners_come_through_line() -> bool:
    """Whether LINE's own servers send to the bot: not where a program on this machine stands in for them."""
    found = LineAccount.now()
    return bool(found.line_secret or found.line_token) and not leads_here(found.line_api or "")
