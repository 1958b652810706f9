"""Signs what the server hands out and must recognise again, such as tokens and addresses."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from typing import Any, Callable, Optional, Tuple, Union

from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from pydantic import Field, validator

from bot.operator.address import who_else_reaches_it
from bot.operator.environment import Settings
from bot.operator.line import owners_come_through_line
from bot.operator.set_up import SetUpError
from bot.operator.slack import owners_come_through_slack
from bot.operator.this_machine import is_this_machine

SECRET = "KAKARITSUKE_SECRET"
_SHORTEST_SECRET = 32
_FOR_DEVELOPMENT = "not a secret: for this machine only, while nobody else can reach the bot"
_CLOCK_JUMPS_BACK_S = 86_400

Clock = Callable[[], float]


def wall_clock() -> float:
    """Seconds since 1970, as this machine's clock has it; it may jump."""
    return time.time()


class SecretError(SetUpError):
    """The secret is missing where it is needed, or too short; the message says what to do."""


class SecretSettings(Settings):
    """What is signed with; none is right only where nobody else can reach the bot."""

    complaint = SecretError

    secret: Optional[str] = Field(None, repr=False)

    @validator("secret", pre=True)
    def _is_long(cls, secret: str) -> str:  # noqa: N805
        if len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"expected at least {_SHORTEST_SECRET} characters, found {len(secret)}")
        return secret


class _PatientSigner(TimestampSigner):
    """Dates signatures by a clock that may jump back by up to a day: what was signed before that is recognised.

    TimestampSigner refuses whatever its clock has not come to yet, so a clock set back an hour would turn every owner
    away who came within the last hour. Nothing is recognised for longer than its time and that day.
    """

    def __init__(self, *arguments: Any, clock: Clock, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())

    def unsign(  # type: ignore[override]
        self, signed_value: Union[str, bytes], max_age: Optional[int] = None, return_timestamp: bool = False
    ) -> Union[bytes, Tuple[bytes, datetime]]:
        value, signed_at = super().unsign(signed_value, None, True)
        age = self.get_timestamp() - signed_at.timestamp()
        if max_age is not None and not -_CLOCK_JUMPS_BACK_S <= age <= max_age:
            raise SignatureExpired(f"signed {age:.0f} s ago", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


def signer(purpose: str, clock: Clock = wall_clock) -> URLSafeTimedSerializer:
    """Signs and dates values for one purpose (HMAC-SHA256); what was signed for another is not recognised.

    Without KAKARITSUKE_SECRET it signs with a secret that everybody can read here:
    `check_secret` and `check_secret_behind_proxies` keep such a bot on this machine. Raises SecretError where the
    secret is too short.
    """
    return URLSafeTimedSerializer(
        SecretSettings.now().secret or _FOR_DEVELOPMENT,
        salt=purpose,
        signer=_PatientSigner,
        signer_kwargs={"digest_method": hashlib.sha256, "clock": clock},
    )


def check_secret(host: str) -> None:
    """Raises SecretError where others could reach the bot at `host` and the operator has set no secret."""
    if not is_this_machine(host):
        _need_secret(f"{host} can be reached by others")
    SecretSettings.now()


def check_secret_behind_proxies() -> None:
    """Raises SecretError where a setting says that others reach the bot, wherever it listens, and none is a secret."""
    public = who_else_reaches_it()
    if public is not None:
        _need_secret(f"{public} says that others reach the bot")
    if owners_come_through_line():
        _need_secret("owners come through LINE")
    if owners_come_through_slack():
        _need_secret("owners come through Slack")


def _need_secret(why: str) -> None:
    if SecretSettings.now().secret is None:
        raise SecretError(f"{SECRET} is not set, and {why}; set it to the output of: openssl rand -hex 32")
