"""How long a hold on something lasts, and what a worker hears that lost it: it stood still, and another took over."""

from __future__ import annotations

import time
from typing import Any

_LONGEST_HOLD_S = 60.0


def lasts(until: Any, now: Any = None) -> Any:
    """The condition that a hold until a time (a column, Unix seconds) is still on, `now` or at this moment.

    One that ends further ahead than anybody holds anything is from before the clock was set back; its holder is alive
    and renews it, or never will.
    """
    now = time.time() if now is None else now
    return (until > now) & (until < now + _LONGEST_HOLD_S)


class LostHoldError(Exception):
    """Another worker holds or has finished it, or it was forgotten meanwhile: nothing more is to be done about it."""


class TakenOverError(Exception):
    """A person of the staff has the conversation: what the bot was about to say is not said."""


def talk(conversation: str) -> str:
    """The name under which whoever says something in a conversation writes alone: the bot, staff, and the claim.

    Who also holds `conversation/…` takes that one second.
    """
    return f"transcript/{conversation}"
