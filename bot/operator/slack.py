"""What the operator sets to connect the bot to a Slack workspace (docs/slack.md)."""

from __future__ import annotations

from typing import Optional

from pydantic import Field

from bot.operator.environment import Settings
from bot.operator.this_machine import leads_here

SIGNING_SECRET = "KAKARITSUKE_SLACK_SIGNING_SECRET"
BOT_TOKEN = "KAKARITSUKE_SLACK_BOT_TOKEN"
API = "KAKARITSUKE_SLACK_API"


class SlackApp(Settings):
    """The app's signing secret and bot token, and where Slack's API is (None: where Slack has it)."""

    slack_signing_secret: str = Field("", repr=False)
    slack_bot_token: str = Field("", repr=False)
    slack_api: Optional[str] = None


def owners_come_through_slack() -> bool:
    """Whether Slack's own servers send to the bot: not where a program on this machine stands in for them."""
    found = SlackApp.now()
    return bool(found.slack_signing_secret or found.slack_bot_token) and not leads_here(found.slack_api or "")
