"""A console whose knowledge is a copy of ours, with a desk of its operator, that tests may change."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import AsyncIterator

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.store import KnowledgeChanges
from tests.conftest import ROOT, free_port
from tests.console.conftest import Clock, Desk, Visitors
from tests.store.patience import opened

COST = "knowledge/answers/cost.yml"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of all that the bot knows."""
    shutil.copytree(ROOT / "data" / "knowledge", tmp_path / "data" / "knowledge")
    return tmp_path / "data"


@pytest.fixture
def desk_yml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's own desk."""
    path = tmp_path / "operator" / "desk.yml"
    path.parent.mkdir()
    shutil.copy(ROOT / "data" / "examples" / "desk.yml", path)
    monkeypatch.setenv("KAKARITSUKE_DESK", str(path))
    return path


@pytest.fixture
async def desk(store_address: str, data: Path, desk_yml: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A console that writes into the copy."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    monkeypatch.delenv("KAKARITSUKE_OFFICES")
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, visitors, clock=clock, data=data))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()


@pytest.fixture
def changes(desk: Desk) -> KnowledgeChanges:
    return KnowledgeChanges(desk.store, desk.clock)
