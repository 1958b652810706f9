"""How many may be there at once: connections, and streams of open pages."""

from __future__ import annotations

from typing import Any

from pydantic import BaseSettings, ValidationError, validator
from pydantic.fields import ModelField

from bot.operator.set_up import SetUpError

_PREFIX = "KAKARITSUKE_"
_MOST = 100_000


class LimitsError(SetUpError):
    """A limit is no number that makes sense; the message names its setting."""


class Limits(BaseSettings):
    """How many connections and streams there may be, in all and from one address.

    An address is one customer's: 200 pages and 500 connections let a chamber's own network and mobile carriers pass. A
    blank setting counts as not set.
    """

    most_connections: int = 3000
    most_connections_per_address: int = 500
    most_streams: int = 2000
    most_streams_per_address: int = 200

    class Config:
        """The environment's names, which begin alike."""

        env_prefix = _PREFIX
        frozen = True

    @validator("*", pre=True)
    def _is_a_number(cls, found: Any, field: ModelField) -> Any:  # noqa: N805  (pydantic hands the class in)
        text = str(found).strip() or str(field.default)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST):
            raise ValueError(f"expected a whole number from 1 to {_MOST}, found {text!r}")
        return int(text)


def limits() -> Limits:
    """The limits as the environment has them now. Raises LimitsError."""
    try:
        return Limits()
    except ValidationError as error:
        wrong = error.errors()[0]
        raise LimitsError(f"{_PREFIX}{str(wrong['loc'][0]).upper()}: {wrong['msg']}") from None
