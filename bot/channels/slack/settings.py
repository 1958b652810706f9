"""How the operator connects the bot to a Slack workspace: two secrets, and where Slack's API is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Optional

from bot.operator.set_up import SetUpError
from bot.operator.slack import API, BOT_TOKEN, SIGNING_SECRET, SlackApp
from bot.operator.this_machine import may_be_told_secrets

EVENTS_PATH = "/webhooks/slack/events"
_SLACKS_API = "https://slack.com/api/"
_A_SIGNING_SECRET = re.compile(r"[0-9A-Za-z]{16,}")
_A_BOT_TOKEN = re.compile(r"xoxb-[0-9A-Za-z-]+")


class SlackSettingsError(SetUpError):
    """A setting is missing or is not what it should be; the message names it and says where to find the right one."""


@dataclass(frozen=True)
class SlackSettings:
    """One workspace: what proves that a request is Slack's, the bot's token, and the address of the Web API."""

    signing_secret: str = field(repr=False)
    token: str = field(repr=False)
    api: str = _SLACKS_API


def slack_settings() -> Optional[SlackSettings]:
    """The settings as the environment has them; None where the channel is not set up.

    Raises SlackSettingsError for half a set-up, or for a value that cannot be right. No value is in the message.
    """
    app = SlackApp.now()
    secret, token = app.slack_signing_secret, app.slack_bot_token
    if not secret and not token:
        return None
    if not secret or not token:
        missing, there = (SIGNING_SECRET, BOT_TOKEN) if not secret else (BOT_TOKEN, SIGNING_SECRET)
        raise SlackSettingsError(f"{missing} is not set but {there} is; Slack needs both (docs/slack.md)")
    if not _A_SIGNING_SECRET.fullmatch(secret):
        raise SlackSettingsError(
            f"{SIGNING_SECRET}: expected the letters and digits of Basic Information > App Credentials > Signing Secret"
        )
    if not _A_BOT_TOKEN.fullmatch(token):
        raise SlackSettingsError(
            f"{BOT_TOKEN}: expected the Bot User OAuth Token of OAuth & Permissions, which begins with xoxb-"
        )
    return SlackSettings(secret, token, _api(app.slack_api or _SLACKS_API))


def _api(address: str) -> str:
    if not may_be_told_secrets(address):
        raise SlackSettingsError(f"{API}: expected an https address such as {_SLACKS_API}, found {address!r}")
    return address.rstrip("/") + "/"
