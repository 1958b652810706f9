"""The store of a running server: nobody else reads its files, and where it does not answer nobody waits for long."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest
import requests
from sqlalchemy.engine import make_url

from tests.attack.conftest import Begin, Server
from tests.channels.conftest import NO_LIMIT
from tests.channels.web_owner import Owner, new_id
from tests.fakes.network import Network
from tests.store.conftest import postgresql_address as an_address

WITHIN_S = 3.0
A_LITTLE_MORE_S = 1.5  # for a machine that has much else to do
postgresql_address = pytest.fixture(scope="module")(an_address.__wrapped__)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def lax(begin: Begin, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server whose user shares all new files, with a folder that was open to everybody before."""
    folder = tmp_path_factory.mktemp("var")
    for name in ("conversations.db", "store.sqlite", "bot.log"):
        (folder / name).touch()
        (folder / name).chmod(0o666)
    folder.chmod(0o777)
    before = os.umask(0o000)
    try:
        server = begin(folder=folder, **NO_LIMIT)
    finally:
        os.umask(before)
    Owner(server.address).say("商標を取りたい")
    return server


def open_to_others(folder: Path) -> Dict[str, str]:
    found = [folder, *folder.rglob("*")]
    return {str(path): oct(path.stat().st_mode & 0o777) for path in found if path.stat().st_mode & 0o077}


def test_nobody_else_reads_what_a_server_keeps_however_lax_its_user_is(lax: Server) -> None:
    assert (lax.folder / "conversations.db").stat().st_size > 0
    assert open_to_others(lax.folder) == {}
    assert lax.folder.stat().st_mode & 0o777 == 0o700
    files = {path.name: oct(path.stat().st_mode & 0o777) for path in lax.folder.iterdir()}
    assert {files["store.sqlite"], files["store.sqlite-wal"], files["store.sqlite-shm"]} == {"0o600"}


@pytest.fixture(scope="module")
def far(begin: Begin, postgresql_address: str) -> Iterator[Tuple[Server, Network]]:
    """A server whose store is in PostgreSQL, behind a network."""
    url = make_url(postgresql_address)
    with Network(url.host or "127.0.0.1", url.port or 5432) as network:
        behind = url.set(host="127.0.0.1", port=network.port).render_as_string(hide_password=False)
        yield begin(KAKARITSUKE_STORE=behind, **NO_LIMIT), network


def until_answered(owner: Owner, message: Dict[str, str]) -> requests.Response:
    """As a page does: the same message again, until it is answered."""
    end = time.monotonic() + 15
    while (response := owner.post(message)).status_code == 503 and time.monotonic() < end:
        time.sleep(0.2)
    assert response.status_code == 200, response.text
    return response


def test_where_the_store_swallows_everything_owners_hear_503_in_time_and_are_answered_when_it_is_back(
    far: Tuple[Server, Network],
) -> None:
    server, network = far
    owners = [Owner(server.address) for _ in range(12)]
    messages = [{"id": new_id(), "text": "商標を取りたい"} for _ in owners]
    waits_s: List[float] = []

    def say(owner: Owner, message: Dict[str, str]) -> requests.Response:
        began = time.monotonic()
        response = owner.post(message)
        waits_s.append(time.monotonic() - began)
        return response

    with ThreadPoolExecutor(len(owners)) as at_once:
        network.swallow()
        refused = list(at_once.map(say, owners, messages))
        assert [response.status_code for response in refused] == [503] * len(owners)
        assert max(waits_s) < 2 * WITHIN_S + A_LITTLE_MORE_S
        network.pass_on()
        answered = list(at_once.map(until_answered, owners, messages))
    for owner, response in zip(owners, answered, strict=True):
        assert owner.messages() == [*owner.greeting, *response.json()["messages"]]
