"""A console with models that load and answer as a test says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, AsyncIterator, Dict, List, Optional, Tuple

import pytest
from sanic import Sanic

from bot.console.blueprint import staff_console
from bot.console.learner import CannotAnswerError, Model, WhyNot
from bot.store import Kind, Models, Result
from tests.conftest import free_port
from tests.console.conftest import Clock, Desk, Visitors
from tests.store.patience import opened

OLD, NEW, OTHER = "kakaritsuke-0ld0000000000000", "kakaritsuke-4e30000000000000", "kakaritsuke-07e4000000000000"


@dataclass
class ScriptedLearner:
    """Three models, of which one was made from other knowledge; the old one answers."""

    can_train: bool = True
    answers: Optional[str] = OLD
    begun: List[int] = field(default_factory=list)
    ready: List[str] = field(default_factory=list)
    cannot: Dict[str, WhyNot] = field(default_factory=dict)
    fails_to_begin: bool = False
    there: Tuple[Model, ...] = (
        Model(NEW, 1_799_999_000.0, 42_000_000, True),
        Model(OTHER, 1_799_998_000.0, 42_000_000, False),
        Model(OLD, 1_799_997_000.0, 42_000_000, True),
    )

    def models(self) -> Tuple[Model, ...]:
        return self.there

    def answering(self) -> Optional[str]:
        return self.answers

    def begin(self, training: int) -> None:
        if self.fails_to_begin:
            raise OSError("no memory for a process")
        self.begun.append(training)

    async def make_ready(self, model: str) -> None:
        if model in self.cannot:
            raise CannotAnswerError(self.cannot[model])
        self.ready.append(model)

    async def take(self, model: str) -> None:
        assert model in self.ready
        self.answers = model


@pytest.fixture
def learner() -> ScriptedLearner:
    return ScriptedLearner()


@pytest.fixture
async def desk(store_address: str, learner: ScriptedLearner, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, visitors, clock=clock, learner=learner))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()


def measured(desk: Desk, model: str, right: Dict[str, bool], turns: int = 900) -> None:
    """Dialogues by their titles, and how many of 1,000 messages were right."""
    results = [Result(Kind.DIALOGUES, title, "digest", ok, "" if ok else "ちがう答え") for title, ok in right.items()]
    results += [Result(Kind.TURNS, f"発言{number:04}", "digest", number < turns) for number in range(1_000)]
    Models(desk.store, desk.clock).keep(model, results)


def models_of(desk: Desk) -> Any:
    return Models(desk.store, desk.clock)
