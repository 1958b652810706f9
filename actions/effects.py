"""What the actions share: the events that keep a consultation, and those of a turn whose effect failed."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from bot.consult.scene import EffectKind
from bot.consult.state import Consultation
from bot.consult.state.kept import slots_of
from bot.frame.plan import slots_where_it_failed

Events = List[Dict[str, Any]]


def failed(tracker: Tracker, kind: EffectKind) -> Events:
    """The events that make the turn what it is where an effect fails."""
    return [SlotSet(name, value) for name, value in slots_where_it_failed(tracker.get_slot, kind).items()]


def kept(consultation: Consultation) -> Events:
    """The events that keep a consultation."""
    return [SlotSet(name, value) for name, value in slots_of(consultation).items()]
