"""Passwords of staff: what they have to be, how they are made, and their argon2 hashes."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from enum import Enum
from typing import Optional

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SHORTEST = 12
LONGEST = 200
_FEWEST_CHARACTERS = 5
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without those that are taken for each other
_GROUPS, _IN_A_GROUP = 4, 4  # 80 random bits


class Problem(str, Enum):
    """Why a password cannot be taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SIMPLE = "too_simple"
    NOT_THE_SAME = "not_the_same"


class Passwords:
    """Hashes passwords, one at a time: each takes 64 MiB and some 50 ms of a processor (RFC 9106, section 4)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._one_at_a_time = asyncio.Semaphore(1)

    async def hashed(self, password: str) -> str:
        """The hash to keep."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._hasher.hash, as_read(password))

    async def is_right(self, password: str, kept: Optional[str]) -> bool:
        """Whether a password is the one whose hash is kept. Where none is, finding that out takes as long."""
        if len(password) > LONGEST:
            return False
        if kept is None:
            await self.hashed(password)
            return False
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._matches, kept, as_read(password))

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except VerificationError:
            return False


def hashed_now(password: str) -> str:
    """The hash to keep, for whoever has nothing else to do meanwhile."""
    return PasswordHasher().hash(as_read(password))


def as_read(password: str) -> str:
    """A password in one spelling, whichever keyboard it came from (NIST SP 800-63B, 3.1.1.2): full width is half."""
    return unicodedata.normalize("NFKC", password)


def problem_with(password: str, name: str) -> Optional[Problem]:
    """Why a new password cannot be that of the account of this name; None where it can."""
    read = as_read(password)
    if len(read) < SHORTEST:
        return Problem.TOO_SHORT
    if len(password) > LONGEST:
        return Problem.TOO_LONG
    if len(set(read)) < _FEWEST_CHARACTERS or (len(name) > 2 and name.casefold() in read.casefold()):
        return Problem.TOO_SIMPLE
    return None


def new_password() -> str:
    """A password that nobody has used, for whoever is to change it at once."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
