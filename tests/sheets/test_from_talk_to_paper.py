"""From the talk to the sheet, with the real server: what a conversation drafts, its owner opens in a browser."""

from __future__ import annotations

import os
import re
import signal
import uuid
from pathlib import Path
from typing import Iterator

import pytest
import requests

from tests.conftest import free_port, start_server, wait_until_ready
from tests.sheets.conftest import token_in

TIMEOUT_S = 20


@pytest.fixture
def address(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real server with a store of its own."""
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.delenv("KAKARITSUKE_PUBLIC_URL", raising=False)
    port = free_port()
    process = start_server("--port", str(port), "--rest")
    try:
        wait_until_ready(process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_the_link_in_the_talk_opens_the_draft_and_the_draft_becomes_the_sheet(address: str) -> None:
    sender = uuid.uuid4().hex

    def say(message: str) -> str:
        body = {"sender": sender, "message": message}
        answer = requests.post(f"{address}/webhooks/rest/webhook", json=body, timeout=TIMEOUT_S)
        return "\n".join(reply["text"] for reply in answer.json())

    say("返済が苦しい。青森です")
    say("相談シートを作る")
    link = re.search(rf"{address}/sheet/\S+", say("はい"))
    assert link is not None
    draft = requests.get(link.group(), timeout=TIMEOUT_S)
    assert draft.status_code == 200
    assert "返済が苦しい。青森です" in draft.content.decode()
    preview = requests.get(f"{link.group()}/preview", timeout=TIMEOUT_S).content.decode()
    made = requests.post(
        f"{link.group()}/make", {"token": token_in(preview)}, headers={"Origin": address}, timeout=TIMEOUT_S
    )
    assert made.url == link.group()
    assert "中小企業活性化協議会" in made.content.decode()
