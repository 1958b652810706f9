"""Forgets for whoever runs the bot, from outside of it: `python -m bot forget`, while it serves or not."""

from __future__ import annotations

import asyncio

from rasa.core.tracker_store import TrackerStore

from bot.channels.web.admission import Frequency
from bot.channels.web.settings import web_settings
from bot.frame.endpoints import read_endpoints, tracker_store
from bot.frame.forgetting import Gone, forget, forget_silent
from bot.operator.places import places
from bot.store import database
from bot.store.retention import forget_old

_THIS_MACHINE = "127.0.0.1"


def forget_a_conversation(conversation: str) -> Gone:
    """Erase all that is kept of a conversation. Raises SetUpError, StoreError, EndpointsError and TrackersError.

    What a running bot counts in its memory, how often a conversation wrote, goes within a day or with the process.
    """
    settings = web_settings(_THIS_MACHINE)
    gone = forget(_trackers(), database(), conversation)
    if settings.redis:
        asyncio.run(Frequency(settings.redis).forget(settings.messages_rate, "message", conversation))
    return gone


def forget_older_than(days: float) -> Gone:
    """Erase what is older, as the daily forgetting does. What waits for staff stays. Raises the same."""
    silent = forget_silent(_trackers(), days)
    stored = forget_old(database(), days)
    return Gone({"tracker": silent, "store": stored})


def _trackers() -> TrackerStore:
    return asyncio.run(tracker_store(read_endpoints(places().endpoints).tracker_store, None))
