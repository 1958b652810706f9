"""Pages link to each other by the names of their routes, and only where whoever asks may go."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.console.visit import Needs, Route, Visit
from bot.store import Account, Role, Session, Stage
from tests.console.conftest import words_of

ROUTES = (
    Route("list", "/list", Needs.VIEWER, words_of),
    Route("item", "/list/<conversation:str>/<number>", Needs.REVIEWER, words_of),
    Route("change", "/list", Needs.VIEWER, words_of, "POST"),
)


@pytest.fixture
def visit() -> Visit:
    """Somebody of the review."""
    console: Any = SimpleNamespace(routes=ROUTES, place=SimpleNamespace(base="/soudan/staff"))
    account = Account(1, "花子", Role.REVIEWER, "", False, None, False, 0, 0.0, None)
    request: Any = None
    return Visit(console, ROUTES[0], request, "", Session(account, Stage.IN, None), {}, {}, {})


def test_a_page_is_found_by_the_name_of_its_route(visit: Visit) -> None:
    assert visit.way_to("list") == "/soudan/staff/list"


def test_parts_of_the_path_are_written_as_addresses_are(visit: Visit) -> None:
    assert visit.way_to("item", conversation="a/b?c あ", number=7) == "/soudan/staff/list/a%2Fb%3Fc%20%E3%81%82/7"


def test_there_is_no_way_to_what_is_not_there_is_not_for_them_or_is_no_page(visit: Visit) -> None:
    assert visit.session is not None
    viewer = replace(visit.session, account=replace(visit.session.account, role=Role.VIEWER))
    assert visit.way_to("elsewhere") is None
    assert visit.way_to("change") is None
    assert replace(visit, session=viewer).way_to("item", conversation="a", number=1) is None
