"""Two processes of the bot on one store, in a file or in PostgreSQL, are one console."""

from __future__ import annotations

import uuid
from typing import AsyncIterator, Callable, List

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.store import Action, Role, Wanted
from tests.conftest import free_port
from tests.console.conftest import Browser, Clock, Desk, Visitors, secret_in
from tests.store.conftest import address, postgresql_address
from tests.store.patience import opened

__all__ = ["address", "postgresql_address"]


@pytest.fixture
async def desks(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[List[Desk]]:
    """Two consoles that share nothing but the store and the time."""
    clock, made, servers = Clock(), [], []
    for _ in range(2):
        port = free_port()
        monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", f"http://127.0.0.1:{port}")
        store, visitors = opened(address), Visitors()
        app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
        app.blueprint(staff_console(store, visitors, clock=clock))
        servers.append(
            await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
        )
        await servers[-1].startup()
        made.append(Desk(f"http://127.0.0.1:{port}", app, store, clock, visitors))
    yield made
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def open_at() -> AsyncIterator[Callable[[Desk], Browser]]:
    """Opens a browser at a desk."""
    opened: List[Browser] = []

    def at(desk: Desk) -> Browser:
        opened.append(Browser(desk))
        return opened[-1]

    yield at
    for browser in opened:
        await browser.close()


async def test_who_signs_in_at_one_is_in_at_the_other_and_out_of_both(
    desks: List[Desk], open_at: Callable[[Desk], Browser]
) -> None:
    one, other = (open_at(desk) for desk in desks)
    desks[0].add("花子", Role.ADMINISTRATOR)
    secret = secret_in((await one.sign_in("花子")).text)
    assert (await one.give_code(secret)).path == "/staff"
    other.hold(one.cookie)
    assert "花子" in (await other.get("/accounts")).words
    await other.post("/accounts/add", name="次郎", role="viewer")
    assert "次郎" in (await one.get("/accounts")).words
    await other.post("/sign-out")
    assert (await one.get("")).path == "/staff/sign-in"


async def test_what_one_notes_the_other_shows(desks: List[Desk], open_at: Callable[[Desk], Browser]) -> None:
    browser = open_at(desks[0])
    desks[0].add("花子")
    await browser.sign_in("花子", "違うパスワード")
    await browser.sign_in("花子")
    noted = [entry.action for entry in desks[1].audit.entries(Wanted(who="花子"), 10)]
    assert noted == [Action.SIGNED_IN, Action.SIGN_IN_FAILED]


async def test_a_lock_at_one_is_a_lock_at_the_other(desks: List[Desk], open_at: Callable[[Desk], Browser]) -> None:
    one, other = (open_at(desk) for desk in desks)
    desks[0].add("花子")
    for number in range(5):
        await (one if number % 2 else other).sign_in("花子", "違うパスワード")
    assert (await other.sign_in("花子")).status == 422
