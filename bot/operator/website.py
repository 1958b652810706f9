"""What the operator allows visitors of the website: how long a conversation lasts, how often what may be done."""

from __future__ import annotations

from typing import Optional

from pydantic import Field, validator

from bot.operator.environment import Settings, whole
from bot.operator.this_machine import has_right_port

SESSION_DAYS = "KAKARITSUKE_WEB_SESSION_DAYS"
MESSAGES_RATE = "KAKARITSUKE_WEB_RATE_MESSAGES"
SESSIONS_RATE = "KAKARITSUKE_WEB_RATE_SESSIONS"
REQUESTS_RATE = "KAKARITSUKE_WEB_RATE_REQUESTS"


class WebsiteSettings(Settings):
    """Rates are as https://limits.readthedocs.io writes them; `redis` is where several processes count together."""

    web_session_days: int = 7
    web_rate_messages: str = "30/minute;500/day"
    web_rate_sessions: str = "30/minute;600/day"
    web_rate_requests: str = "600/minute"
    redis: Optional[str] = Field(None, repr=False)

    _days = whole("web_session_days", least=1, most=365)

    @validator("redis", pre=True)
    def _is_redis(cls, address: str) -> str:  # noqa: N805
        """The message does not say what was found: there may be a password in it."""
        if not address.startswith(("redis://", "rediss://")) or not has_right_port(address):
            raise ValueError("expected an address such as redis://localhost:6379/0")
        return address
