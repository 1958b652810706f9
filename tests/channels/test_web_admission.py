"""Requests count for the address they came from, here or in Redis, and a failing Redis keeps nobody out."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Dict, Optional
from urllib.parse import urlsplit

import pytest
import redis
from limits import parse_many
from sanic.compat import Header

from bot.channels.web import WebSettings, web_settings
from bot.channels.web.admission import Crowd, Frequency, address_of, counted
from tests.fakes.network import Network

REDIS = os.environ.get("KAKARITSUKE_TEST_REDIS", "redis://127.0.0.1:6379/15")
TWO_A_MINUTE = tuple(parse_many("2/minute"))


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> WebSettings:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "http://127.0.0.1:5005")
    return web_settings("127.0.0.1")


def request(ip: str, passed_on: Optional[str] = None) -> Any:
    headers: Dict[str, str] = {} if passed_on is None else {"x-forwarded-for": passed_on}
    return SimpleNamespace(ip=ip, headers=Header(headers))


def test_without_a_proxy_the_header_is_the_clients_own_claim(settings: WebSettings) -> None:
    assert address_of(request("192.0.2.1", "198.51.100.9"), settings) == "192.0.2.1"


@pytest.mark.parametrize(
    "proxies, passed_on, expected",
    [
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        (2, "203.0.113.5, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.1"),
        (1, "no address", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, None, "192.0.2.1"),
    ],
)
def test_behind_proxies_it_is_what_the_outermost_saw(
    settings: WebSettings, proxies: int, passed_on: Optional[str], expected: str
) -> None:
    assert address_of(request("192.0.2.1", passed_on), replace(settings, proxies=proxies)) == expected


def test_the_addresses_of_one_ipv6_customer_are_one(settings: WebSettings) -> None:
    first, second = (address_of(request(ip), settings) for ip in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"))
    assert first == second
    assert address_of(request("2001:db8:1:3::1"), settings) != first


def test_an_ipv4_address_in_ipv6_clothes_is_that_address(settings: WebSettings) -> None:
    assert address_of(request("::ffff:192.0.2.1"), settings) == "192.0.2.1"


@pytest.fixture(params=["in this process", "in Redis"])
def frequency(request: pytest.FixtureRequest) -> Frequency:
    if request.param == "in this process":
        return Frequency()
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        pytest.skip(f"no Redis at {REDIS}: {error}")
    return Frequency(REDIS)


async def test_so_much_is_allowed_and_then_one_waits(frequency: Frequency) -> None:
    who = uuid.uuid4().hex
    waits = [await frequency.wait_s(TWO_A_MINUTE, "message", who) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 1 <= waits[2] <= 61


async def test_nobody_waits_for_another_or_for_another_thing(frequency: Frequency) -> None:
    who = uuid.uuid4().hex
    for _ in range(3):
        await frequency.wait_s(TWO_A_MINUTE, "message", who)
    assert await frequency.wait_s(TWO_A_MINUTE, "message", uuid.uuid4().hex) == 0
    assert await frequency.wait_s(TWO_A_MINUTE, "session", who) == 0


@pytest.mark.parametrize("frequency", ["in Redis"], indirect=True)
async def test_two_processes_count_together_in_redis(frequency: Frequency) -> None:
    who, another = uuid.uuid4().hex, Frequency(REDIS)
    for _ in range(2):
        await frequency.wait_s(TWO_A_MINUTE, "message", who)
    assert await another.wait_s(TWO_A_MINUTE, "message", who) > 0


async def test_a_redis_that_fails_keeps_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    gone = Frequency("redis://:geheim@127.0.0.1:1/0")
    assert [await gone.wait_s(TWO_A_MINUTE, "message", "a") for _ in range(3)] == [0, 0, 0]
    assert "everybody is let in" in caplog.text
    assert "geheim" not in caplog.text


def test_a_limit_an_address_counts_for_networks_and_not_for_this_machine() -> None:
    assert counted("192.0.2.1") == "192.0.2.1"
    assert counted("2001:db8::1") == counted("2001:db8::2") == "2001:db8::/64"
    assert counted("2001:db8::/64") == "2001:db8::/64"
    assert [counted(address) for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [None, None, None]


def test_a_crowd_has_room_for_so_many_in_all_and_from_an_address() -> None:
    crowd = Crowd("pages", most=3, most_an_address=2)
    assert [crowd.enter(address) for address in ("a", "a", "a", "b", "c", None)] == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]
    crowd.leave("a")
    assert [crowd.enter(address) for address in ("a", "b")] == [True, False]


def test_who_counts_for_no_address_counts_in_all() -> None:
    crowd = Crowd("pages", most=3, most_an_address=1)
    assert [crowd.enter(None) for _ in range(4)] == [True, True, True, False]


def test_the_log_says_once_a_minute_how_many_were_turned_away_and_not_from_where(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    crowd = Crowd("pages", most=9, most_an_address=1, clock=lambda: now[0])
    crowd.enter("192.0.2.1")
    for now[0] in (0.0, 1.0, 59.0, 61.0):
        assert not crowd.enter("192.0.2.1")
    assert [record.message for record in caplog.records] == [
        "more than 1 pages from one address: 1 turned away with 503",
        "more than 1 pages from one address: 3 turned away with 503",
    ]
    assert "192.0.2" not in caplog.text


async def test_a_redis_that_swallows_everything_holds_up_nobody_for_long() -> None:
    url = urlsplit(REDIS)
    with Network(url.hostname or "127.0.0.1", url.port or 6379) as network:
        network.swallow()
        silent = Frequency(f"redis://127.0.0.1:{network.port}/0")
        began = time.monotonic()
        asked = [silent.wait_s(TWO_A_MINUTE, "message", f"{number}") for number in range(60)]
        assert await asyncio.gather(*asked) == [0] * 60
        assert time.monotonic() - began < 4.0  # one after another, in a few threads, it would be ten
        began = time.monotonic()
        assert await silent.wait_s(TWO_A_MINUTE, "message", "a") == 0
        assert time.monotonic() - began < 0.5
