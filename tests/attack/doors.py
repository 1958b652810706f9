"""All three doors of a server: the settings that open them, and what is heard and happens behind them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from typing import Callable, Dict, List

from bot.channels.slack.settings import API, BOT_TOKEN, SIGNING_SECRET
from tests.attack.conftest import Server
from tests.channels.conftest import NO_LIMIT
from tests.fakes.line import SECRET as LINE_SECRET
from tests.fakes.line import TOKEN as LINE_TOKEN
from tests.fakes.line import FakeLine
from tests.fakes.slack import SECRET as SLACK_SECRET
from tests.fakes.slack import TOKEN as SLACK_TOKEN
from tests.fakes.slack import FakeSlack

WITHIN_S = 45.0


def opened_to(line: FakeLine, slack: FakeSlack) -> Dict[str, str]:
    """The environment of a server that answers on the website, on this LINE and in this Slack."""
    return {
        **NO_LIMIT,
        "KAKARITSUKE_SECRET": "s" * 64,
        "KAKARITSUKE_LINE_SECRET": LINE_SECRET,
        "KAKARITSUKE_LINE_TOKEN": LINE_TOKEN,
        "KAKARITSUKE_LINE_API": line.url,
        "KAKARITSUKE_LINE_DATA_API": line.url,
        SIGNING_SECRET: SLACK_SECRET,
        BOT_TOKEN: SLACK_TOKEN,
        API: slack.api,
    }


def heard(server: Server) -> Dict[str, List[str]]:
    """What the tracker store heard in each conversation, in order; who only comes in says nothing."""
    found: Dict[str, List[str]] = {}
    with sqlite3.connect(f"file:{server.folder / 'conversations.db'}?mode=ro", uri=True) as trackers:
        for name, data in trackers.execute("SELECT sender_id, data FROM events WHERE type_name = 'user' ORDER BY id"):
            words = json.loads(data)["text"]
            if words:
                found.setdefault(name, []).append(words)
    return found


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for what happens behind a door; fail where it does not."""
    end = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {WITHIN_S:.0f} s"
        await asyncio.sleep(0.05)
