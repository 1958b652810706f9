"""Of Rasa's own parts too, each call within a turn is answered in time or fails."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Iterator

import psycopg2
import pytest
from rasa.utils.endpoints import EndpointConfig
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.frame.endpoints import EndpointsError, event_broker, lock_store, tracker_store
from tests.fakes.network import Network
from tests.store.conftest import postgresql_address as an_address

postgresql_address = an_address

GIVEN_UP_WITHIN_S = 3.0 + 1.5  # the latter for a machine that has much else to do
REDIS = 6379


@pytest.fixture
def network() -> Iterator[Network]:
    """A network before Redis, where one answers."""
    try:
        Redis(port=REDIS).ping()
    except RedisError as error:
        pytest.skip(f"no Redis here: {error}")
    with Network("127.0.0.1", REDIS) as network:
        yield network


def behind(network: Network) -> EndpointConfig:
    return EndpointConfig("127.0.0.1", type="redis", port=network.port, key_prefix=uuid.uuid4().hex)


async def test_locks_in_a_redis_that_falls_silent_fail_in_time(network: Network) -> None:
    locks = lock_store(behind(network))
    network.swallow()
    began = time.monotonic()
    with pytest.raises(RedisError):
        await asyncio.to_thread(locks.get_lock, "owner")
    assert time.monotonic() - began < GIVEN_UP_WITHIN_S
    network.pass_on()
    assert locks.get_lock("owner") is None


async def test_conversations_in_a_redis_that_falls_silent_fail_in_time(network: Network) -> None:
    trackers = await tracker_store(behind(network), None)
    network.swallow()
    began = time.monotonic()
    with pytest.raises(RedisError):
        await asyncio.wait_for(asyncio.to_thread(lambda: asyncio.run(trackers.retrieve("owner"))), 10)
    assert time.monotonic() - began < GIVEN_UP_WITHIN_S
    network.pass_on()
    assert await trackers.retrieve("owner") is None


async def test_a_redis_that_is_silent_from_the_start_is_one_line(network: Network) -> None:
    network.swallow()
    with pytest.raises(EndpointsError, match="lock_store in endpoints.yml: Timeout"):
        lock_store(behind(network))
    with pytest.raises(EndpointsError, match="tracker_store in endpoints.yml: redis does not answer: Timeout"):
        await tracker_store(behind(network), None)


async def test_a_broker_in_a_postgresql_that_falls_silent_holds_the_turns_up_for_no_longer(
    postgresql_address: str,
) -> None:
    there = make_url(postgresql_address)
    psycopg2.extensions.set_wait_callback(None)  # a store in PostgreSQL may have been here before
    with Network(there.host or "127.0.0.1", there.port or 5432) as network:
        address = there.set(host="127.0.0.1", port=network.port).render_as_string(hide_password=False)
        broker = await event_broker(EndpointConfig(address, type="SQL"), None)
        assert broker is not None
        broker.publish({"sender_id": "owner"})
        network.swallow()
        began = time.monotonic()
        with pytest.raises(OperationalError):
            await asyncio.wait_for(asyncio.to_thread(broker.publish, {"sender_id": "owner"}), 10)
        assert time.monotonic() - began < 2 * GIVEN_UP_WITHIN_S  # it is rolled back, too
