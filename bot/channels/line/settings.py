"""What the operator sets for LINE: the channel's secret and access token, and where LINE's API is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Optional

from bot.operator.line import API, DATA_API, SECRET, TOKEN, LineAccount
from bot.operator.set_up import SetUpError
from bot.operator.this_machine import may_be_told_secrets

_SECRET_FORM = re.compile(r"[0-9a-f]{32}")
_TOKEN_FORM = re.compile(r"[\x21-\x7e]{20,1000}")
_WHERE = "copy it from the LINE Developers console (docs/line.md)"


class LineSettingsError(SetUpError):
    """A setting for LINE is missing or cannot be right; the message names it and says what to do."""


@dataclass(frozen=True)
class LineSettings:
    """The channel's secret and access token, which no repr shows, and the addresses of LINE's two API hosts."""

    secret: str = field(repr=False)
    token: str = field(repr=False)
    api: str = "https://api.line.me"
    data_api: str = "https://api-data.line.me"


def line_settings() -> Optional[LineSettings]:
    """The settings in the environment; None where LINE is not set up. Raises LineSettingsError."""
    account = LineAccount.now()
    secret, token = account.line_secret, account.line_token
    if not secret and not token:
        return None
    for name, value in ((SECRET, secret), (TOKEN, token)):
        if not value:
            raise LineSettingsError(f"{name} is not set, but its counterpart is; {_WHERE}")
    if not _SECRET_FORM.fullmatch(secret):
        raise LineSettingsError(f"{SECRET}: expected 32 digits and letters a to f, found something else; {_WHERE}")
    if not _TOKEN_FORM.fullmatch(token):
        raise LineSettingsError(f"{TOKEN}: expected one long word, found {len(token)} characters; {_WHERE}")
    api = _host(API, account.line_api or LineSettings.api)
    return LineSettings(secret, token, api, _host(DATA_API, account.line_data_api or LineSettings.data_api))


def _host(name: str, address: str) -> str:
    """The address set under `name`: https, or this machine, since the access token goes there."""
    if not may_be_told_secrets(address):
        raise LineSettingsError(f"{name}: expected an https:// address, found {address!r}")
    return address.rstrip("/")
