"""What all tests share: the knowledge, read once, and the real trained bot."""

from __future__ import annotations

from typing import AsyncIterator

import pytest

from bot.quiet import keep_libraries_quiet

keep_libraries_quiet()

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore  # noqa: E402

from bot.knowledge import Knowledge, load_knowledge  # noqa: E402
from bot.quiet import show_errors_only  # noqa: E402
from bot.serving import ready_agent  # noqa: E402
from bot.training import train, trained_model  # noqa: E402


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
async def bot() -> AsyncIterator[Agent]:
    """The bot as `python -m bot run` makes it, trained on the files as they are, with conversations in memory."""
    show_errors_only()
    agent = await ready_agent(trained_model() or train(lambda step: None))
    store = InMemoryTrackerStore(agent.domain)
    agent.tracker_store = agent.processor.tracker_store = store
    yield agent
