"""Between a conversation and staff: what actions ask of the handoffs. A store that fails costs no owner an answer."""

from __future__ import annotations

import logging

from rasa_sdk import Tracker

from bot.consult.reading import MAX_CHARACTERS
from bot.operator.desk import desk
from bot.store import Reason, StoreError, handoffs

_LOGGER = logging.getLogger(__name__)


def call_staff(tracker: Tracker, reason: Reason) -> bool:
    """Open a handoff. False, and logged, where that failed: then staff must not be promised."""
    try:
        handoffs().open(tracker.sender_id, reason)
    except StoreError:
        _LOGGER.exception("staff was not called (%s)", reason.value)
        return False
    return True


def pass_on_wish(tracker: Tracker) -> bool:
    """Keep the owner's latest message as the wish for call-back. False where that failed or nothing waits for staff."""
    wish = (tracker.latest_message.get("text") or "")[:MAX_CHARACTERS]
    try:
        return handoffs().wish_call_back(tracker.sender_id, wish)
    except StoreError:
        _LOGGER.exception("a wish for call-back was not kept beside the conversation")
        return False


def take_back(tracker: Tracker) -> None:
    """The conversation is the bot's again. Logged where staff's list could not be told; nothing at a desk without."""
    if not desk().staff:
        return
    try:
        handoffs().resume(tracker.sender_id)
    except StoreError:
        _LOGGER.exception("the handoff still waits though the owner is back with the bot")
