"""Session tokens of the website: whoever holds one speaks in its conversation, and in no other."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from itsdangerous import BadData

from bot.operator.signing import Clock, signer, wall_clock

_RANDOM_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,80}\.[A-Za-z0-9_-]{4,12}\.[A-Za-z0-9_-]{43}")
_TOKENS = "web session"
_CONVERSATIONS = "web conversation"


class NoSessionError(Exception):
    """A token was not made here, or its time is over."""


@dataclass(frozen=True)
class Session:
    """An owner's right to a conversation, until a time in UTC."""

    conversation: str
    expires_at: datetime


def open_session(days: int, clock: Clock = wall_clock) -> "tuple[str, Session]":
    """A new token, signed and dated around 256 random bits, and the session that it opens for so many days."""
    token: str = signer(_TOKENS, clock).dumps(secrets.token_urlsafe(_RANDOM_BYTES))
    return token, session_of(token, days, clock)


def session_of(token: str, days: int, clock: Clock = wall_clock) -> Session:
    """The session that a token opens. Raises NoSessionError for any other text."""
    if not _TOKEN.fullmatch(token):
        raise NoSessionError
    lasts = timedelta(days=days)
    max_age = int(lasts.total_seconds())
    try:
        nonce, opened_at = signer(_TOKENS, clock).loads(token, max_age=max_age, return_timestamp=True)
    except BadData:
        raise NoSessionError from None
    return Session(_conversation(nonce), opened_at.astimezone(timezone.utc) + lasts)


def _conversation(nonce: str) -> str:
    """The conversation's id (Rasa's sender id): known from the token to the server alone, and no way back to it."""
    return f"web-{signer(_CONVERSATIONS).make_signer(_CONVERSATIONS).get_signature(nonce).decode()}"
