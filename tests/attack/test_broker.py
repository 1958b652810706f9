"""An event broker that is lost is named in the log without an owner's words, and keeps no server from stopping."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from pathlib import Path
from typing import Iterator

import aio_pika
import pytest

from tests.attack.conftest import Begin
from tests.attack.proxy import Proxy
from tests.channels.web_owner import Owner

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672"
WORDS = "のれんを新しくしたい"


@pytest.fixture
def queue() -> Iterator[str]:
    """The name of a queue in RabbitMQ, where there is one, which is gone afterwards."""
    name = f"kakaritsuke-{uuid.uuid4().hex}"
    try:
        asyncio.run(_without(name))
    except OSError as error:
        pytest.skip(f"no RabbitMQ here: {error}")
    yield name
    asyncio.run(_without(name))


async def _without(queue: str) -> None:
    async with await aio_pika.connect(RABBITMQ) as connection, connection.channel() as channel:
        await channel.queue_delete(queue)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """The way to RabbitMQ."""
    proxy = Proxy(5672)
    yield proxy
    proxy.close()


def test_a_broker_that_is_cut_off_and_then_silent_costs_no_turn_tells_no_words_and_holds_up_no_stop(
    begin: Begin, queue: str, proxy: Proxy, tmp_path: Path
) -> None:
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(
        f"event_broker: {{type: pika, url: 127.0.0.1, port: {proxy.port}, username: guest, password: guest, "
        f"queues: [{queue}]}}\nnlg: {{type: bot.frame.responses.PlannedResponses}}\n"
    )
    server = begin(KAKARITSUKE_ENDPOINTS=str(endpoints))
    owner = Owner(server.address)
    assert owner.say(WORDS)
    proxy.cut()
    assert owner.say(WORDS)
    proxy.mend()
    proxy.fall_silent()
    assert owner.say(WORDS)
    os.killpg(server.process.pid, signal.SIGTERM)
    logged, _ = server.process.communicate(timeout=25)
    assert server.process.returncode == 0
    assert "pika.events.publish.failed" in logged
    assert WORDS not in logged
    assert "Traceback" not in logged
    assert logged.splitlines()[-1] == "stopped"
