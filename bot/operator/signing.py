"""Signs what the server hands out and must recognise again, such as tokens and addresses."""

from __future__ import annotations

import hashlib
import ipaddress
import os

from itsdangerous import URLSafeTimedSerializer

from bot.operator.set_up import SetUpError

SECRET = "KAKARITSUKE_SECRET"
_SHORTEST_SECRET = 32
_FOR_DEVELOPMENT = "not a secret: for this machine only, while nobody else can reach the bot"


class SecretError(SetUpError):
    """The secret is missing where it is needed, or too short; the message says what to do."""


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Signs and dates values for one purpose (HMAC-SHA256); what was signed for another is not recognised.

    Without KAKARITSUKE_SECRET it signs with a secret that everybody can read here: `check_secret` keeps such a bot on
    this machine. Raises SecretError where the secret is too short.
    """
    return URLSafeTimedSerializer(_secret(), salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def check_secret(host: str) -> None:
    """Raises SecretError where others could reach the bot at `host` and the operator has set no secret."""
    if _secret() == _FOR_DEVELOPMENT and not _only_this_machine(host):
        raise SecretError(
            f"{SECRET} is not set, and {host} can be reached by others; set it to the output of: openssl rand -hex 32"
        )


def _secret() -> str:
    secret = os.environ.get(SECRET, "")
    if secret and len(secret) < _SHORTEST_SECRET:
        raise SecretError(f"{SECRET}: expected at least {_SHORTEST_SECRET} characters, found {len(secret)}")
    return secret or _FOR_DEVELOPMENT


def _only_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
