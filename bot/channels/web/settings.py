"""What the operator sets for the website's channel (docs/operations.md), checked once, before the bot starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Optional, Tuple

from limits import RateLimitItem, parse_many

from bot.operator.address import AddressSettings, own_hosts, own_origins, public_url
from bot.operator.desk import KEEP_DAYS, desk
from bot.operator.set_up import SetUpError
from bot.operator.website import MESSAGES_RATE, REQUESTS_RATE, SESSION_DAYS, SESSIONS_RATE, WebsiteSettings

Rates = Tuple[RateLimitItem, ...]


class WebSettingsError(SetUpError):
    """A setting makes no sense; the message names it and says what is expected."""


@dataclass(frozen=True)
class WebSettings:
    """The settings of the channel. `hosts` are host names without port, `origins` as browsers send them.

    A session may send messages at `messages_rate`; an address may open sessions at `sessions_rate`, and send requests
    of any kind at `requests_rate`. `redis` is where several processes count together.
    """

    hosts: FrozenSet[str]
    origins: FrozenSet[str]
    https: bool
    proxies: int
    session_days: int
    messages_rate: Rates
    sessions_rate: Rates
    requests_rate: Rates
    redis: Optional[str] = None


def web_settings(host: str) -> WebSettings:
    """The settings as the environment has them now, for a bot that listens at `host`. Raises WebSettingsError."""
    try:
        hosts, origins, https = own_hosts(host), own_origins(), public_url().startswith("https://")
        proxies, keep_days, website = AddressSettings.now().proxies, desk().keep_days, WebsiteSettings.now()
    except SetUpError as error:
        raise WebSettingsError(str(error)) from error
    if website.web_session_days > keep_days:
        raise WebSettingsError(
            f"{SESSION_DAYS}: expected at most {KEEP_DAYS} ({keep_days}), found {website.web_session_days}: "
            "an owner would come back to a conversation that is forgotten"
        )
    return WebSettings(
        hosts=hosts,
        origins=origins,
        https=https,
        proxies=proxies,
        session_days=website.web_session_days,
        messages_rate=_rate(MESSAGES_RATE, website.web_rate_messages),
        sessions_rate=_rate(SESSIONS_RATE, website.web_rate_sessions),
        requests_rate=_rate(REQUESTS_RATE, website.web_rate_requests),
        redis=website.redis,
    )


def _rate(setting: str, text: str) -> Rates:
    try:
        return tuple(parse_many(text))
    except ValueError:
        raise WebSettingsError(f"{setting}: expected rates such as 30/minute;500/day, found {text!r}") from None
