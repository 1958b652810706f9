"""However many come at once, and from one address, the others are served."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Callable, Dict, List

import pytest
import requests

from tests.attack.conftest import Begin, Server
from tests.attack.raw import connect, rest_of
from tests.channels.conftest import NO_LIMIT
from tests.channels.web_owner import Owner, new_id

_CONNECTIONS, _REQUESTS_AN_ADDRESS = 60, 25
_STREAMS, _STREAMS_AN_ADDRESS = 5, 3
_LONG = ("息子に店を継がせたいのですが、株のことも税金のこともよくわかりません。" * 28)[:987]
_SESSIONS = 20


@pytest.fixture(scope="module")
def server(begin: Begin) -> Server:
    """Behind one proxy of the operator's, so that a test can come from any address."""
    return begin(
        KAKARITSUKE_PROXIES="1",
        KAKARITSUKE_SECRET="s" * 64,
        KAKARITSUKE_MOST_CONNECTIONS=str(_CONNECTIONS),
        KAKARITSUKE_MOST_CONNECTIONS_PER_ADDRESS=str(_REQUESTS_AN_ADDRESS),
        KAKARITSUKE_MOST_STREAMS=str(_STREAMS),
        KAKARITSUKE_MOST_STREAMS_PER_ADDRESS=str(_STREAMS_AN_ADDRESS),
        **NO_LIMIT,
    )


def of(address: str) -> Dict[str, str]:
    return {"X-Forwarded-For": address}


def look(server: Server, path: str, address: str = "198.51.100.7") -> requests.Response:
    return requests.get(server.address + path, headers=of(address), timeout=10)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to happen; fail where it does not."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_refused(answer: requests.Response) -> bool:
    if answer.status_code != 503:
        return False
    assert answer.json() == {"error": "busy"}
    assert int(answer.headers["Retry-After"]) > 0
    return True


def stream(server: Server, address: str, open_pages: ExitStack) -> requests.Response:
    headers = {**Owner(server.address).headers, **of(address)}
    answer = requests.get(f"{server.address}/web/events", headers=headers, stream=True, timeout=10)
    open_pages.callback(answer.close)
    return answer


def test_an_address_and_the_server_have_so_many_open_pages_and_no_more(server: Server) -> None:
    with ExitStack() as open_pages:
        for _ in range(_STREAMS_AN_ADDRESS):
            assert stream(server, "203.0.113.1", open_pages).status_code == 200
        assert is_refused(stream(server, "203.0.113.1", open_pages))
        for number in range(_STREAMS - _STREAMS_AN_ADDRESS):
            assert stream(server, f"203.0.113.{number + 2}", open_pages).status_code == 200
        assert is_refused(stream(server, "203.0.113.9", open_pages))
    with ExitStack() as open_pages:
        until(lambda: stream(server, "203.0.113.1", open_pages).status_code == 200)


def test_an_address_behind_the_proxy_has_so_many_requests_at_once_and_others_are_served(server: Server) -> None:
    half = (
        b"POST /web/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"X-Forwarded-For: 203.0.113.1\r\nContent-Length: 9\r\n\r\n"
    )
    with ExitStack() as connections:
        for _ in range(_REQUESTS_AN_ADDRESS):
            connections.enter_context(connect(server)).sendall(half)
        until(lambda: is_refused(look(server, "/", "203.0.113.1")))
        assert look(server, "/healthz", "203.0.113.1").status_code != 503
        assert look(server, "/").status_code == 200
    until(lambda: look(server, "/", "203.0.113.1").status_code == 200)


def test_one_connection_too_many_is_refused_and_the_probes_come_through(server: Server) -> None:
    with ExitStack() as connections:
        for _ in range(_CONNECTIONS):
            connections.enter_context(connect(server))
        assert is_refused(look(server, "/"))
        assert look(server, "/healthz").status_code != 503
        silent = connections.enter_context(connect(server))
        assert rest_of(silent, within_s=5) == b""
    until(lambda: look(server, "/").status_code == 200)


def test_a_flood_of_connections_keeps_no_probe_out(server: Server) -> None:
    with ExitStack() as connections:
        flood = [connections.enter_context(connect(server)) for _ in range(3 * _CONNECTIONS)]
        assert rest_of(flood[_CONNECTIONS]).startswith(b"HTTP/1.1 503 ")
        for _ in range(3):
            assert look(server, "/healthz").status_code != 503
    until(lambda: look(server, "/").status_code == 200)


def test_twenty_sessions_of_one_address_make_another_owner_wait_for_one_of_them(server: Server) -> None:
    crowd = [Owner(server.address) for _ in range(_SESSIONS)]
    other = Owner(server.address)
    answered: List[int] = []

    def say_much(owner: Owner) -> None:
        answer = owner.post({"id": new_id(), "text": _LONG}, headers=of("203.0.113.1"))
        assert answer.status_code in (200, 503)
        answered.append(answer.status_code)

    with ThreadPoolExecutor(_SESSIONS) as pool:
        said = [pool.submit(say_much, owner) for owner in crowd]
        until(lambda: bool(answered))
        before = len(answered)
        answer = other.post({"id": new_id(), "text": "商標を取りたい"}, headers=of("198.51.100.7"))
        waited_for = len(answered) - before
        for one in said:
            one.result()
    assert answer.status_code == 200
    assert waited_for <= _SESSIONS // 4, answered


def test_the_server_says_that_it_refused_and_of_whom_nothing_and_stops_in_silence(server: Server) -> None:
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(20) == 0
    assert server.process.stdout is not None
    *refused, stopped = filter(None, server.process.stdout.read().split("\n"))
    assert stopped == "stopped"
    assert all("turned away with 503" in line for line in refused), refused
    for limit in ("open pages from one address", "open pages in all", "connections in all", "from one address"):
        assert any(limit in line for line in refused), (limit, refused)
    assert not any("203.0.113" in line for line in refused)
