"""What comes from a page of the console is told from what comes from elsewhere, wherever the console is reached."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Dict

import aiohttp
import pytest
from multidict import CIMultiDict
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.console.place import place
from bot.store import Accounts, Database, Role, Sessions, Stage
from tests.conftest import free_port
from tests.console.conftest import HASH, OPERATOR, Visitors


class Headers(CIMultiDict[str]):
    """Headers as Sanic has them."""

    def getone(self, name: str, default: Any = "") -> Any:
        return super().getone(name, default)


class Sent:
    """A request, as far as its headers tell where it is from."""

    def __init__(self, **headers: str) -> None:
        self.headers = Headers(headers)


@pytest.mark.parametrize(
    ("public", "host", "origin", "own"),
    [
        ("https://soudan.example.jp", "soudan.example.jp", "https://soudan.example.jp", True),
        ("https://soudan.example.jp/kakari", "soudan.example.jp", "https://soudan.example.jp", True),
        ("https://soudan.example.jp", "soudan.example.jp", "http://soudan.example.jp", False),
        ("https://soudan.example.jp", "soudan.example.jp", "https://www.example.jp", False),
        ("https://soudan.example.jp", "soudan.example.jp", "https://soudan.example.jp.evil.example", False),
        ("https://soudan.example.jp", "soudan.example.jp", "null", False),
        ("https://soudan.example.jp", "madoguchi.example.jp", "https://madoguchi.example.jp", True),
        ("https://soudan.example.jp", "127.0.0.1:5005", "http://127.0.0.1:5005", True),
        ("http://127.0.0.1:5005", "localhost:5005", "http://localhost:5005", True),
        ("http://127.0.0.1:5005", "127.0.0.1:5005", "http://127.0.0.1:8000", False),
    ],
)
def test_a_form_is_from_a_page_of_ours_by_its_origin(
    monkeypatch: pytest.MonkeyPatch, public: str, host: str, origin: str, own: bool
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", public)
    assert place().is_own_page(Sent(host=host, origin=origin)) is own  # type: ignore[arg-type]


def test_a_page_that_may_call_the_bot_is_no_page_of_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    monkeypatch.setenv("KAKARITSUKE_WEB_ORIGINS", "https://www.example.jp")
    sent = Sent(host="soudan.example.jp", origin="https://www.example.jp")
    assert not place().is_own_page(sent)  # type: ignore[arg-type]


def test_two_origins_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    sent = Sent(host="soudan.example.jp", origin="https://soudan.example.jp")
    sent.headers.add("origin", "https://evil.example")
    assert not place().is_own_page(sent)  # type: ignore[arg-type]


async def served_at(public: str, store: Database, monkeypatch: pytest.MonkeyPatch) -> "tuple[str, Any]":
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", public)
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, Visitors()))
    port = free_port()
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    return f"http://127.0.0.1:{port}", server


async def test_under_https_and_below_a_path_the_cookie_is_secure_and_all_addresses_have_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    Accounts(store).add("花子", Role.VIEWER, HASH, False, OPERATOR)
    address, server = await served_at("https://soudan.example.jp/kakari", store, monkeypatch)
    async with aiohttp.ClientSession() as client, client.get(f"{address}/staff/sign-in") as answer:
        cookie, text = answer.headers["Set-Cookie"], await answer.text()
    async with aiohttp.ClientSession() as client, client.get(f"{address}/staff", allow_redirects=False) as answer:
        led = answer.headers["Location"]
    server.close()
    await server.wait_closed()
    assert cookie.startswith("__Secure-staff=")
    assert {"Path=/kakari/staff", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    assert 'action="/kakari/staff/sign-in"' in text and 'href="/kakari/staff/static/console.css"' in text
    assert led == "/kakari/staff/sign-in"


@pytest.mark.parametrize(("name", "status"), [("__Secure-staff", 200), ("staff", 303)])
async def test_under_https_a_cookie_that_any_page_can_set_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    account = Accounts(store).add("花子", Role.VIEWER, HASH, False, OPERATOR)
    token = Sessions(store).begin(account, Stage.IN)
    address, server = await served_at("https://soudan.example.jp", store, monkeypatch)
    headers: Dict[str, str] = {"Cookie": f"{name}={token}"}
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{address}/staff", headers=headers, allow_redirects=False) as answer,
    ):
        found = answer.status
    server.close()
    await server.wait_closed()
    assert found == status
