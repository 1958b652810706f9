"""An owner's words on their way into the inbox of a webhook: numbers that belong to a person stay outside."""

from __future__ import annotations

from bot.masking import masked
from bot.operator.desk import desk


def as_kept(words: str) -> str:
    """The words as the inbox may hold them until they are answered: with nothing in them that belongs to a person.

    A desk that calls back is the exception: there the number may be the wish for it, and the words lie in the inbox as
    they came until the turn has passed it on to staff; what is answered is erased.
    """
    return words if desk().call_back else masked(words)
