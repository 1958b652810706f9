"""Conversations that Rasa keeps are forgotten when nothing was said in them for long; the others stay whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.frame.forgetting import forget_silent

DAY_S = 86_400


@pytest.fixture
def trackers(bot: Agent, tmp_path: Path) -> FailSafeTrackerStore:
    return FailSafeTrackerStore(SQLTrackerStore(bot.domain, db=str(tmp_path / "conversations.db")))


async def keep(trackers: FailSafeTrackerStore, conversation: str, *ages_days: float) -> None:
    tracker = DialogueStateTracker.from_events(
        conversation, [UserUttered("商標を取りたい", timestamp=time.time() - age * DAY_S) for age in ages_days]
    )
    await trackers.save(tracker)


async def test_a_conversation_that_fell_silent_long_ago_is_removed(trackers: FailSafeTrackerStore) -> None:
    await keep(trackers, "silent", 45, 31)
    assert forget_silent(trackers, 30) > 0
    assert list(await trackers.keys()) == []


async def test_a_conversation_that_goes_on_stays_whole(trackers: FailSafeTrackerStore) -> None:
    await keep(trackers, "goes on", 45, 1)
    assert forget_silent(trackers, 30) == 0
    assert list(await trackers.keys()) == ["goes on"]


def test_a_tracker_store_that_forgets_by_itself_is_left_alone(bot: Agent) -> None:
    assert forget_silent(InMemoryTrackerStore(bot.domain), 30) == 0
