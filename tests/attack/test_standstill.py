"""A server that stood still in the middle of its turns, for longer than its leases, does nothing a second time."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any, Dict

import pytest
import requests

from bot.channels.slack.api import key_of
from bot.channels.slack.settings import EVENTS_PATH
from tests.attack.conftest import Begin
from tests.attack.doors import heard, opened_to, until
from tests.channels.web_owner import Owner, new_id
from tests.fakes.actions import HeldActions
from tests.fakes.line import FakeLine, text, user
from tests.fakes.slack import FakeSlack

WORDS = "もう死んでしまいたい"  # staff is told of it: an action, in which a turn can be stopped
HANAKO = user("hanako")


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_each_owner_is_answered_once_though_the_first_server_goes_on_after_the_second_took_over(
    begin: Begin, tmp_path: Path
) -> None:
    line, slack, actions = FakeLine(checked=False, token_lasts_s=600), FakeSlack(), HeldActions()
    for fake in (line, slack, actions):
        await fake.start()
    # Waited for longer than the first server stands still: its turns are to go on then, and not to fail by the way.
    elsewhere = ("--actions-url", actions.url, "--actions-within", "120")
    settings = {**opened_to(line, slack), "KAKARITSUKE_STAFF": "on"}
    first, second = await asyncio.gather(
        *(asyncio.to_thread(begin, *elsewhere, folder=tmp_path, **settings) for _ in range(2))
    )
    line.webhook = f"{first.address}/webhooks/line/webhook"
    slack.events_url = f"{first.address}{EVENTS_PATH}"
    owner = await asyncio.to_thread(Owner, first.address)
    at_second = Owner(second.address, token=owner.token)
    slack_owner, event_id = f"U{uuid.uuid4().hex[:12].upper()}", f"Ev{uuid.uuid4().hex}"
    message = {"id": new_id(), "text": WORDS}

    actions.hold()
    asking = asyncio.create_task(asyncio.to_thread(owner.post, message))
    await line.deliver_until_taken(line.event("message", HANAKO, message=text(WORDS)))
    await slack.write(slack_owner, WORDS, event_id=event_id)
    # Two turns are under way at a time, so one or two wait for their action and the others for their turn.
    await until(lambda: len(actions.waiting) >= 1, "a turn")
    os.kill(first.process.pid, signal.SIGSTOP)
    actions.stop_holding()
    try:
        answered: Any = await asyncio.to_thread(answer_at, at_second, message)
        await until(lambda: line.to(HANAKO["userId"]) != [], "LINE's answer")
        await until(lambda: slack.said_to(slack_owner) != [], "Slack's answer")
    finally:
        os.kill(first.process.pid, signal.SIGCONT)
    actions.go_on()
    assert (await asking).json() == answered
    follow_up = await asyncio.to_thread(owner.say, "福井県です")  # the first server still serves
    await asyncio.sleep(2.0)  # for what might come twice

    said = await asyncio.to_thread(owner.messages)
    assert said == [*owner.greeting, *answered["messages"], *follow_up]
    assert [sent.by for sent in line.to(HANAKO["userId"])] == ["reply"]
    assert [post["client_msg_id"] for post in slack.said_to(slack_owner)] == [key_of(event_id, 0)]
    by_conversation = heard(first)
    conversations = [name for name, words in by_conversation.items() for said in words if said == WORDS]
    ours = [name for name in conversations if name.startswith("slack-") and name.endswith(slack_owner)]
    assert len(ours) == 1
    with sqlite3.connect(first.folder / "store.sqlite") as store:
        chats = [name for (name,) in store.execute("SELECT conversation FROM chats")]
        web = {name for (name,) in store.execute("SELECT conversation FROM transcripts")}
    assert [conversations.count(name) for name in (*chats, *web)] == [1, 1]
    for fake in (line, slack, actions):
        await fake.stop()


def answer_at(owner: Owner, message: Dict[str, str]) -> Any:
    """What the other server says to the same message; it waits until the first one's hold has run out.

    A server that is busy meanwhile is asked again, as the page does.
    """
    response: requests.Response = owner.post(message)
    while response.status_code == 503:
        time.sleep(float(response.headers["Retry-After"]))
        response = owner.post(message)
    assert response.status_code == 200, response.text
    return response.json()
