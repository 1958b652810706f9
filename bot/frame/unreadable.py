"""What becomes of a conversation that nobody can read any more: it begins anew, and its owner is told."""

from __future__ import annotations

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

BEGINS_ANEW = "begins_anew"  # the slot by which the turn knows that it has to be said
# What is raised where kept events are no events, whatever is wrong with them.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, RasaException)


def begun_anew(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """A tracker in which nothing was said, with its session begun and the slot set that the turn tells its owner by."""
    begin = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), SlotSet(BEGINS_ANEW, True)]
    for event in (*begin, ActionExecuted(ACTION_LISTEN_NAME)):
        tracker.update(event, domain)
    return tracker
