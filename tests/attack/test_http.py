"""No bytes that somebody sends keep the server from serving others, or from stopping."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import Dict, Iterator, List, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.serving.front_door import READ_WITHIN_S
from tests.attack.conftest import Begin, Server
from tests.attack.raw import Owner, answer_to, connect, first_of, firsts_of, rest_of
from tests.channels.conftest import NO_LIMIT
from tests.channels.web_owner import Owner as PageOwner

pytestmark = pytest.mark.long

_FUZZED = 2100
_TOGETHER = 10
_FUZZED_WITHIN_S = 60


@pytest.fixture(scope="module")
def server(begin: Begin) -> Server:
    return begin("--rest", **NO_LIMIT)


class Slow:
    """Somebody who sends one byte a second, or nothing, until the server hangs up: what it said, and after how long."""

    def __init__(self, server: Server, begin: bytes, byte: bytes) -> None:
        self._connection = connect(server)
        self._begin = begin
        self._byte = byte
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        self._began, self._said = time.monotonic(), b""
        self._connection.sendall(self._begin)
        self._connection.settimeout(1.0)
        while time.monotonic() - self._began < 3 * READ_WITHIN_S:
            try:
                self._connection.sendall(self._byte)
                more = self._connection.recv(65536)
                self._said += more
                if not more:
                    break
            except socket.timeout:
                continue
            except OSError:
                break
        self._lasted_s = time.monotonic() - self._began
        self._connection.close()

    def end(self) -> Tuple[bytes, float]:
        self._thread.join()
        return self._said, self._lasted_s


@pytest.fixture(scope="module", autouse=True)
def slow(server: Server) -> Iterator[Dict[str, Slow]]:
    """They send while the other tests run."""
    post = to(b"/web/session", b"Content-Type: application/json", b"Content-Length: 999", method=b"POST")
    to_sheet = post.replace(b"/web/session", b"/webhooks/rest/webhook")
    slow = {
        "head": Slow(server, b"GET / HTTP/1.1\r\nX: ", b"x"),
        "line ends": Slow(server, b"", b"\r\n"),
        "body": Slow(server, post, b" "),
        "body of another kind of route": Slow(server, to_sheet, b" "),
        "nothing": Slow(server, b"", b""),
        "body after the answer": Slow(server, post.replace(b"application/json", b"text/plain"), b" "),
    }
    yield slow
    for one in slow.values():
        one.end()


def to(path: bytes = b"/", *headers: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join((method + b" " + path + b" HTTP/1.1", b"Host: 127.0.0.1", *headers, b"", b""))


ILL_FORMED = {
    "negative": (b"Content-Length: -1",),
    "signed": (b"Content-Length: +3",),
    "empty": (b"Content-Length:",),
    "word": (b"Content-Length: three",),
    "hexadecimal": (b"Content-Length: 0x3",),
    "underscore": (b"Content-Length: 1_0",),
    "fraction": (b"Content-Length: 3.0",),
    "other digits": ("Content-Length: ３".encode(),),
    "list": (b"Content-Length: 3, 3",),
    "twice": (b"Content-Length: 3", b"Content-Length: 3"),
    "twice with other letters": (b"Content-Length: 0", b"CONTENT-LENGTH: 3"),
    "vast": (b"Content-Length: " + b"9" * 400,),
    "with chunks": (b"Content-Length: 3", b"Transfer-Encoding: chunked"),
    "chunks": (b"Transfer-Encoding: chunked",),
    "gzip and chunks": (b"Transfer-Encoding: gzip, chunked",),
    "identity": (b"Transfer-Encoding: identity",),
    "chunks behind a vertical tab": (b"Transfer-Encoding: \x0bchunked",),
    "chunks in capitals": (b"Transfer-Encoding: CHUNKED",),
    "no encoding": (b"Transfer-Encoding:",),
    "space before the colon": (b"Content-Length : -1",),
    "space before the name": (b"X: y", b" Content-Length: -1"),
    "tab before the name": (b"X: y", b"\tContent-Length: -1"),
    "no name": (b": -1",),
    "no colon": (b"Content-Length",),
    "bare line feed": (b"X: y\nContent-Length: -1",),
    "bare carriage return": (b"X: y\rContent-Length: -1",),
    "zero byte": (b"X: \x00",),
    "websocket": (b"Upgrade: websocket", b"Connection: Upgrade"),
}


@pytest.mark.parametrize("headers", ILL_FORMED.values(), ids=ILL_FORMED)
def test_a_request_whose_end_is_in_doubt_is_refused_and_the_connection_ends(
    server: Server, headers: Tuple[bytes, ...]
) -> None:
    for method in (b"GET", b"POST"):
        answer = answer_to(server, to(b"/web/session", *headers, method=method) + b"abc")
        assert answer.startswith(b"HTTP/1.1 400 "), answer
        assert b"connection: close" in answer
        assert answer.count(b"HTTP/1.1") == 1


def test_a_malformed_chunk_is_never_read(server: Server) -> None:
    for size in (b"+3", b"-3", b"0x3", b" 3", b"3_0", b""):
        request = to(b"/web/session", b"Transfer-Encoding: chunked", method=b"POST") + size + b"\r\nabc\r\n0\r\n\r\n"
        assert answer_to(server, request).startswith(b"HTTP/1.1 400 ")


def test_a_second_request_that_a_proxy_took_for_a_body_is_not_answered(server: Server) -> None:
    hidden = to(b"/widget/kakaritsuke.js")
    length = b"Content-Length: " + str(len(hidden)).encode()
    answer = answer_to(server, to(b"/web/session", length, b"Transfer-Encoding: chunked", method=b"POST") + hidden)
    assert answer.count(b"HTTP/1.1") == 1


def test_an_address_that_cannot_be_read_is_answered(server: Server) -> None:
    for path in (b"http://[::1", b"/\xff\xfe", b"/%ff", b"\x7f", b"x" * 3000):
        answer = answer_to(server, to(path, b"Connection: close"))
        assert answer.startswith(b"HTTP/1.1 4"), (path, answer)


def test_a_well_formed_length_is_taken(server: Server) -> None:
    for length in (b"Content-Length: 2", b"content-length:2", b"Content-Length: \t2 \t", b"Content-Length: 0002"):
        headers = (length, b"Content-Type: application/json", b"Connection: close")
        answer = answer_to(server, to(b"/web/session", *headers, method=b"POST") + b"{}")
        assert answer.startswith(b"HTTP/1.1 201 "), answer


_LINES = st.sampled_from(
    [line for lines in ILL_FORMED.values() for line in lines]
    + [b"Host: 127.0.0.1", b"Host: x", b"Content-Length: 3", b"Content-Length: 0", b"Content-Type: application/json"]
    + [b"Connection: keep-alive", b"Connection: close", b"Expect: 100-continue", b"Expect: x", b"Accept-Encoding: gzip"]
    + [b"Authorization: Bearer x", b"X-Forwarded-For: ,", b"Origin: null", b"Cookie: \xff", b"", b"Range: bytes=9-1"]
)
_HEADERS = st.one_of(_LINES, st.builds(b"%b: %b".__mod__, st.tuples(st.binary(max_size=8), st.binary(max_size=16))))
_PATHS = st.sampled_from(
    [b"/", b"/web/session", b"/web/messages?after=x", b"/web/events", b"/webhooks/rest/webhook", b"/sheet/x", b"*"]
    + [b"/widget/../x", b"/%00", b"/\xff", b"http://[", b"//", b"", b"/?" + b"a" * 2000, b"/healthz", b"/example/"]
)
_METHODS = st.sampled_from([b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"get", b"", b"\x16\x03", b"CONNECT", b"PRI"])
_VERSIONS = st.sampled_from([b"HTTP/1.1"] * 5 + [b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.1 ", b"", b"RTSP/1.0"])
_ENDS = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\n\r\n"])
_BODIES = st.one_of(
    st.sampled_from([b"", b"abc", b"{}", b"0\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n", b"-1\r\n", b"f" * 70]),
    st.binary(max_size=40),
)


@st.composite
def requests_in_bytes(draw: st.DrawFn) -> bytes:
    """One or two requests that look like some, more or less, with a stretch of other bytes put in or left out."""
    made = b""
    for _ in range(draw(st.integers(1, 2))):
        end = draw(_ENDS)
        lines = [b" ".join((draw(_METHODS), draw(_PATHS), draw(_VERSIONS))), *draw(st.lists(_HEADERS, max_size=5))]
        made += end.join((*lines, b"", b"")) + draw(_BODIES)
    if draw(st.integers(0, 3)):
        return made
    at, until = sorted((draw(st.integers(0, len(made))), draw(st.integers(0, len(made)))))
    return made[:at] + draw(st.binary(max_size=20)) + made[until:]


def test_whatever_bytes_are_sent_the_server_serves_others(server: Server) -> None:
    sent = 0
    until = time.monotonic() + _FUZZED_WITHIN_S

    @settings(
        max_examples=_FUZZED // _TOGETHER,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(requests_in_bytes(), min_size=_TOGETHER, max_size=_TOGETHER))
    def send(requests: List[bytes]) -> None:
        nonlocal sent
        assert time.monotonic() < until, f"only {sent} requests in {_FUZZED_WITHIN_S} s"
        connections = [connect(server) for _ in requests]
        for connection, request in zip(connections, requests, strict=True):
            connection.sendall(request)
        answers = firsts_of(connections, within_s=0.05)
        for connection in connections:
            connection.close()
        sent += len(requests)
        for answer in filter(None, answers):
            assert answer.startswith(b"HTTP/1.1 "), answer
            assert not answer.startswith(b"HTTP/1.1 500 "), answer

    with Owner(server) as owner:
        send()
    assert owner.troubles == []
    assert max(owner.seen) < 3
    assert sent >= 2000


def test_a_request_that_does_not_arrive_is_cut_after_fifteen_seconds_however_its_bytes_trickle(
    slow: Dict[str, Slow],
) -> None:
    for kind, one in slow.items():
        answer, lasted_s = one.end()
        assert lasted_s < READ_WITHIN_S + 4, kind
        if kind in ("head", "body of another kind of route"):
            assert answer.startswith(b"HTTP/1.1 408 "), (kind, answer)


def test_an_owner_reads_and_writes_as_ever(server: Server) -> None:
    owner = PageOwner(server.address)
    stream = owner.listen()
    stream.until(": open")
    assert owner.say("商標を取りたい")[-1]["from"] == "bot"
    stream.close()


def test_the_attacked_server_stops_when_it_is_told_and_says_nothing_but_that(server: Server) -> None:
    owner = PageOwner(server.address)
    stream = owner.listen()
    stream.until(": open")
    half, idle = connect(server), connect(server)
    half.sendall(b"GET / HTTP/1.1\r\nX:")
    idle.sendall(to(b"/widget/kakaritsuke.js"))
    assert first_of(idle, within_s=5)
    os.killpg(server.process.pid, signal.SIGTERM)
    assert server.process.wait(20) == 0
    assert server.process.stdout is not None
    assert server.process.stdout.read().split() == ["stopped"]
    for connection in (half, idle):
        rest_of(connection)
        connection.close()
