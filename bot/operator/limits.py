"""How many may be there at once: connections, and streams of open pages."""

from __future__ import annotations

from bot.operator.environment import Settings, whole
from bot.operator.set_up import SetUpError

_MOST = 100_000


class LimitsError(SetUpError):
    """A limit is no number that makes sense; the message names its setting."""


class Limits(Settings):
    """How many connections and streams there may be, in all and from one address.

    An address is one customer's: 200 pages and 500 connections let a chamber's own network and mobile carriers pass.
    """

    complaint = LimitsError

    most_connections: int = 3000
    most_connections_per_address: int = 500
    most_streams: int = 2000
    most_streams_per_address: int = 200

    _numbers = whole("*", least=1, most=_MOST)


def limits() -> Limits:
    """The limits as the environment has them now. Raises LimitsError."""
    return Limits.now()
