"""Attacked, a server answers under its own names, its webhook this machine alone, any path without a traceback."""

from __future__ import annotations

import os
import signal
import socket
import time
import uuid
from typing import Callable, Iterator

import pytest
import requests

from bot.channels.web.sessions import open_session
from bot.consult.sheet import sheet_from
from bot.consult.state import Consultation
from bot.knowledge import load_knowledge
from bot.operator.signing import Clock, signer
from bot.sheets.links import name_of
from bot.sheets.shape import today
from bot.store import Database, Sheets, StoredSheet
from tests.attack.conftest import Server
from tests.conftest import free_port, start_server

TIMEOUT_S = 20
PAGES = (
    "/",
    "/widget/kakaritsuke.js",
    "/example/style.css",
    "/sheet/static/sheet.css",
    "/sheet/of-nobody",
    "/web/messages",
)
PROXIES_HEADERS = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Forwarded",
    "X-Real-IP",
    "Via",
    "CF-Connecting-IP",
    "CF-Ray",
    "CDN-Loop",
    "True-Client-IP",
    "Fastly-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-URL",
    "X-Amzn-Trace-Id",
    "X-Envoy-External-Address",
    "X-Request-ID",
    "X-ARR-ClientIP",
    "Fly-Client-IP",
    "Traceparent",
    "Origin",
    "Referer",
    "Cookie",
    "Sec-Fetch-Site",
)


def ask(server: Server, head: bytes) -> bytes:
    """The answer to a request of exactly this head."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer


def say(server: Server, **headers: str) -> requests.Response:
    body = {"sender": uuid.uuid4().hex, "message": "こんにちは"}
    return requests.post(f"{server.address}/webhooks/rest/webhook", json=body, headers=headers, timeout=TIMEOUT_S)


# Names


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_not_served_under_a_name_that_is_not_the_bots(server: Server, path: str) -> None:
    for name in ("rebound.example", f"rebound.example:{server.port}", "127.0.0.1.rebound.example", "[::2]", ""):
        answer = requests.get(server.address + path, headers={"Host": name}, timeout=TIMEOUT_S)
        assert (answer.status_code, answer.text) == (403, '{"error": "origin"}'), name
    ours = requests.get(server.address + path, headers={"Host": f"localhost:{server.port}"}, timeout=TIMEOUT_S)
    assert ours.status_code != 403


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_not_served_under_two_names_or_none(server: Server, path: str) -> None:
    two = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: rebound.example".encode()
    none = f"GET {path} HTTP/1.0".encode()
    for head in (two, none):
        assert ask(server, head).startswith(b"HTTP/1.1 403 ")


# The webhook for programs on this machine


def test_a_program_on_this_machine_is_answered(server: Server) -> None:
    assert say(server).status_code == 200
    assert say(server, **{"User-Agent": "x", "Accept-Language": "*", "Sec-Fetch-Mode": "cors"}).status_code == 200
    assert say(server, Host=f"localhost:{server.port}").status_code == 200


@pytest.mark.parametrize("header", PROXIES_HEADERS)
def test_what_came_through_a_proxy_or_a_page_is_refused(server: Server, header: str) -> None:
    answer = say(server, **{header: "127.0.0.1"})
    assert answer.status_code == 403
    assert header.lower() in answer.json()["error"]


@pytest.mark.parametrize("name", ["soudan.example.jp", "127.0.0.1.rebound.example", "192.0.2.1", "0.0.0.0"])
def test_what_is_meant_for_another_host_is_refused(server: Server, name: str) -> None:
    assert say(server, Host=name).status_code == 403


def test_what_came_by_the_http_of_proxies_is_refused(server: Server) -> None:
    body = b'{"message": "x"}'
    head = b"POST /webhooks/rest/webhook HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: %d" % len(body)
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S) as connection:
        connection.sendall(head + b"\r\n\r\n" + body)
        assert connection.recv(65536).startswith(b"HTTP/1.1 403 ")


# A clock that jumped back: what was signed before is dated in the future


def ahead(seconds: float) -> Clock:
    return lambda: time.time() + seconds


@pytest.mark.parametrize("seconds", [60, 3600, 86_000])
def test_a_session_lives_on_when_the_clock_jumps_back(server: Server, seconds: float) -> None:
    token, _ = open_session(7, ahead(seconds))
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{server.address}/web/messages", headers=headers, timeout=TIMEOUT_S).status_code == 200
    said = {"id": uuid.uuid4().hex, "text": "商標を取りたい"}
    answer = requests.post(f"{server.address}/web/messages", json=said, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 200


def test_a_session_of_the_day_after_tomorrow_is_none(server: Server) -> None:
    token, _ = open_session(7, ahead(2 * 86_400))
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{server.address}/web/messages", headers=headers, timeout=TIMEOUT_S).status_code == 401


@pytest.fixture
def draft(server: Server) -> StoredSheet:
    sheet = sheet_from(load_knowledge(), Consultation().on("知的財産"), today())
    return Sheets(Database(str(server.folder / "store.sqlite"))).draft(uuid.uuid4().hex, "road", sheet)


@pytest.mark.parametrize(
    ("sign", "opens"),
    [
        (lambda sheet: name_of(sheet.id, ahead(3600)), True),
        (lambda sheet: name_of(sheet.id, ahead(2 * 86_400)), False),
    ],
    ids=["an hour", "two days"],
)
def test_a_sheets_address_lives_on_when_the_clock_jumps_back(
    server: Server, draft: StoredSheet, sign: Callable[[StoredSheet], str], opens: bool
) -> None:
    answer = requests.get(f"{server.address}/sheet/{sign(draft)}/edit", timeout=TIMEOUT_S)
    assert answer.status_code == (200 if opens else 410)


@pytest.mark.parametrize(("seconds", "status"), [(3600, 200), (2 * 86_400, 403)])
def test_an_open_form_can_be_sent_when_the_clock_jumps_back(
    server: Server, draft: StoredSheet, seconds: float, status: int
) -> None:
    token = signer("sheet form", ahead(seconds)).dumps(draft.id)
    address = f"{server.address}/sheet/{name_of(draft.id)}/delete"
    headers = {"Origin": server.address}
    answer = requests.post(address, data={"token": token}, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == status


# Paths; the last test ends the server and reads what it logged


NO_TEXT = (
    b"/%ff",
    b"/sheet/%ff/edit",
    b"/sheet/static/%ff",
    b"/web/%ff",
    b"/widget/%ed%a0%80",
    b"/%00",
    b"/%zz",
    b"/\xff",
    b"/sheet/\xff/edit",
    b"/widget/\xff",
    "/相談".encode(),
    "/相談".encode("shift_jis"),
    b"\xff",
    b"/a\x00b",
    b"/\x7f",
    b"http://[/",
    b"?x",
    b"/web/messages?after=\xff",
)


@pytest.mark.parametrize("path", NO_TEXT, ids=ascii)
def test_a_path_that_is_no_text_is_refused_in_order(server: Server, path: bytes) -> None:
    answer = ask(server, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1")
    assert answer[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 404 ")
    assert b"Traceback" not in answer


def test_nothing_of_all_this_is_a_traceback_in_the_log(server: Server) -> None:
    for path in NO_TEXT:
        ask(server, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1")
    assert say(server).status_code == 200
    os.killpg(server.process.pid, signal.SIGTERM)
    logged, _ = server.process.communicate(timeout=30)
    assert not [line for line in logged.splitlines() if "InvalidURL" in line or "Unicode" in line or "sanic" in line]


# Starting


@pytest.fixture(params=[{"KAKARITSUKE_PUBLIC_URL": "https://soudan.example.jp"}], ids=["public address"])
def refused_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("KAKARITSUKE_SECRET", raising=False)
    process = start_server("--port", str(free_port()), **request.param)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    yield printed


def test_a_bot_with_a_public_address_does_not_start_without_a_secret(refused_start: str) -> None:
    lines = refused_start.strip().splitlines()
    assert lines[-1] == (
        "error: the bot cannot start: KAKARITSUKE_SECRET is not set, and KAKARITSUKE_PUBLIC_URL="
        "https://soudan.example.jp says that others reach the bot; set it to the output of: openssl rand -hex 32"
    )
    assert "Traceback" not in refused_start
