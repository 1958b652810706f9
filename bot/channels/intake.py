"""An owner's words on their way into the inbox of a webhook: numbers that belong to a person stay outside."""

from __future__ import annotations

from typing import Callable, Union

from bot.masking import masked
from bot.operator.desk import desk
from bot.store import Arrival, Chat, Condition

Change = Callable[[str], str]


def arrival(
    event_id: str,
    conversation: Union[str, Chat],
    body: Callable[[Change], str],
    condition: Condition = Condition.ALWAYS,
) -> Arrival:
    """An event as the inbox may hold it. `body` makes its JSON, with the owner's words changed as it is told.

    Where a desk calls back, the number in it may be the wish for that: then the inbox holds the words as they came, if
    it was just asked for, until the turn has passed it on to staff. What is answered is erased.
    """
    hidden = body(masked)
    as_it_came = body(_unchanged) if desk().call_back else hidden
    return Arrival(event_id, conversation, hidden, condition, None if as_it_came == hidden else as_it_came)


def _unchanged(words: str) -> str:
    return words
