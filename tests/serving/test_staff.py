"""The console in the real server: there once somebody has an account, under the bot's own names, beside all else."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import pytest
import requests
from sanic.request import Request

from bot.channels.web import web_settings
from bot.console.routes import ROUTES
from bot.serving.application import application
from bot.serving.staff import StaffVisitors
from bot.store import Accounts, By, Database, Role
from tests.conftest import free_port, start_server, wait_until_ready


@dataclass(frozen=True)
class Running:
    """A server, and its store."""

    address: str
    store: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", headers=headers, timeout=10, allow_redirects=False)


@pytest.fixture(scope="module")
def running(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder, port = tmp_path_factory.mktemp("var"), free_port()
    kept = {"KAKARITSUKE_VAR": str(folder), "KAKARITSUKE_STORE": str(folder / "store.sqlite")}
    process = start_server("--port", str(port), KAKARITSUKE_PUBLIC_URL="https://soudan.example.jp", **SECRET, **kept)
    wait_until_ready(process)
    yield Running(f"http://127.0.0.1:{port}", folder / "store.sqlite")
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)


SECRET = {"KAKARITSUKE_SECRET": "s" * 64}


def test_the_console_is_off_until_another_process_makes_an_account(running: Running) -> None:
    nowhere = running.get("/nowhere")
    for path in ("/staff", "/staff/sign-in", "/staff/static/console.css", "/staff/audit"):
        answer = running.get(path)
        assert (
            (answer.status_code, answer.text) == (nowhere.status_code, nowhere.text) == (404, '{"error": "not_found"}')
        )
    accounts = Accounts(Database(str(running.store)))
    accounts.add("花子", Role.VIEWER, "a hash", False, By("terminal:root", ""))
    assert running.get("/staff").headers["Location"] == "/staff/sign-in"
    assert running.get("/staff/sign-in").status_code == 200


@pytest.mark.parametrize("path", ["/staff", "/staff/sign-in", "/staff/static/console.css"])
def test_the_console_answers_under_the_names_of_the_bot_alone(running: Running, path: str) -> None:
    answer = running.get(path, Host="evil.example")
    assert (answer.status_code, answer.text) == (403, '{"error": "origin"}')


def test_the_pages_have_the_headers_that_all_answers_have(running: Running) -> None:
    headers = running.get("/staff/sign-in").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_a_bot_that_promises_a_person_and_has_none_ends_in_seconds_with_one_line(model: Path, tmp_path: Path) -> None:
    kept = {"KAKARITSUKE_VAR": str(tmp_path), "KAKARITSUKE_STORE": str(tmp_path / "store.sqlite")}
    process = start_server("--port", str(free_port()), KAKARITSUKE_STAFF="on", **kept)
    try:
        printed, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    errors = [line for line in printed.splitlines() if not line.startswith("start: ")]
    assert process.returncode == 1
    assert errors == [
        "error: the bot cannot start: KAKARITSUKE_STAFF=on promises owners a person, and nobody of staff has an "
        "account; make one with: python -m bot staff add NAME --role administrator"
    ]


def test_the_server_has_every_route_of_the_console_and_no_other_below_staff(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_VAR", str(tmp_path))
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "http://127.0.0.1:5005")
    app = application(model, "127.0.0.1", False, None, lambda: None, lambda reason: None)
    app.finalize()
    found = {
        (f"/{route.path}", method)
        for group in app.router.groups.values()
        for route in group.routes
        if route.path.split("/")[0] == "staff"
        for method in route.methods
    }
    assert found == {(f"/staff{route.path}", route.method) for route in ROUTES}


class FromProxy:
    """A request that a proxy on this machine passed on."""

    ip = "127.0.0.1"

    class headers:  # noqa: N801
        """Only what is asked for."""

        @staticmethod
        def getall(name: str, default: object) -> object:
            return ["203.0.113.9, 198.51.100.4"] if name == "x-forwarded-for" else default


@pytest.mark.parametrize(("proxies", "address"), [("0", "127.0.0.1"), ("1", "198.51.100.4"), ("2", "203.0.113.9")])
def test_the_log_has_the_address_that_the_operators_proxies_saw(
    monkeypatch: pytest.MonkeyPatch, proxies: str, address: str
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    monkeypatch.setenv("KAKARITSUKE_PROXIES", proxies)
    visitors = StaffVisitors(web_settings("127.0.0.1"))
    request: Request = FromProxy()
    assert visitors.address(request) == address


async def test_an_address_may_try_thirty_times_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp")
    visitors = StaffVisitors(web_settings("127.0.0.1"))
    request: Request = FromProxy()
    waits = [await visitors.wait_s(request) for _ in range(31)]
    assert waits[:30] == [0] * 30
    assert 0 < waits[30] <= 61
