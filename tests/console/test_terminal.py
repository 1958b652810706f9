"""Whoever runs the server makes and ends accounts in a terminal, and hears who read what."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import List

import pytest

from bot.cli import main
from bot.console.passwords import Passwords
from bot.store import Accounts, Action, Audit, By, Database, Role, Wanted

GOOD = "ふるい みかん箱が 七つ"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("KAKARITSUKE_STORE", str(tmp_path / "store.sqlite"))
    return Database(str(tmp_path / "store.sqlite"))


def told(capsys: pytest.CaptureFixture[str]) -> List[str]:
    return capsys.readouterr().out.splitlines()


def asked(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Whoever sits at the terminal answers so."""
    left = list(answers)
    monkeypatch.setattr("bot.cli.getpass", lambda prompt: left.pop(0))


async def test_an_account_gets_a_password_that_is_printed_once(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", "add", "花子", "--role", "administrator"]) == 0
    printed = capsys.readouterr().out
    password = re.search(r"first sign-in: (\S+)", printed)
    account = Accounts(store).of("花子")
    assert password is not None
    assert (account.role, account.temporary) == (Role.ADMINISTRATOR, True)
    assert await Passwords().is_right(password[1], account.password)


async def test_a_password_may_be_asked_for_instead_and_is_not_printed(
    store: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, GOOD, GOOD)
    assert main(["staff", "add", "花子", "--role", "viewer", "--ask"]) == 0
    account = Accounts(store).of("花子")
    assert not account.temporary
    assert await Passwords().is_right(GOOD, account.password)
    assert GOOD not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "answers", "said"),
    [
        (["add", "terminal:root", "--role", "viewer"], [], "cannot be a name"),
        (["add", "次郎", "--role", "viewer"], [], "次郎 has an account already"),
        (["add", "花子", "--role", "viewer", "--ask"], ["short"], "at least 12 characters"),
        (["add", "花子", "--role", "viewer", "--ask"], ["あ" * 12], "5 different characters"),
        (["add", "花子", "--role", "viewer", "--ask"], ["あいうえお" * 60], "at most 200 characters"),
        (["add", "花子", "--role", "viewer", "--ask"], [GOOD, "another"], "not the same"),
        (["disable", "花子"], [], "nobody of staff is called 花子"),
        (["reset", "花子"], [], "nobody of staff is called 花子"),
        (["breach-report", "--from", "yesterday", "--to", "2026-11-28"], [], "found 'yesterday'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    store: Database,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: List[str],
    answers: List[str],
    said: str,
) -> None:
    Accounts(store).add("次郎", Role.VIEWER, "a hash", False, By("terminal:root", ""))
    asked(monkeypatch, *answers)
    assert main(["staff", *arguments]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ") and said in line


def test_a_store_that_fails_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", "/proc/nowhere/store.sqlite")
    assert main(["staff", "list"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_accounts_are_listed_with_how_they_are(store: Database, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = Accounts(store)
    hanako = accounts.add("花子", Role.ADMINISTRATOR, "a hash", False, By("terminal:root", ""))
    accounts.add("次郎", Role.VIEWER, "a hash", True, By("terminal:root", ""))
    Accounts(store, lambda: 1_800_000_000.0).signed_in(hanako, By("花子", ""))
    main(["staff", "list"])
    assert told(capsys) == [
        "次郎\tviewer\tpassword to be changed\tnever",
        "花子\tadministrator\tenabled\t2027-01-15 17:00:00",
    ]


def test_even_the_last_administrator_is_disabled_and_comes_back_by_a_reset(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    Accounts(store).add("花子", Role.ADMINISTRATOR, "a hash", False, By("terminal:root", ""))
    assert main(["staff", "disable", "花子"]) == 0
    assert not Accounts(store).anybody()
    assert main(["staff", "reset", "花子"]) == 0
    assert Accounts(store).anybody()


def test_what_was_done_in_a_terminal_is_noted_with_its_user(store: Database) -> None:
    main(["staff", "add", "花子", "--role", "viewer"])
    main(["staff", "disable", "花子"])
    entries = Audit(store).entries(Wanted(), 10)
    assert [entry.action for entry in entries] == [Action.ACCOUNT_DISABLED, Action.ACCOUNT_ADDED]
    assert all(entry.by.who.startswith("terminal:") and entry.by.address == "" for entry in entries)


def test_a_report_says_who_read_what_between_two_times(store: Database, capsys: pytest.CaptureFixture[str]) -> None:
    nine = 1_800_000_000.0  # 2027-01-15, 17:00 in Japan
    for minutes, conversation in ((-1, "web-before"), (0, "web-a"), (10, "web-a"), (59, "line-b"), (60, "web-after")):
        Audit(store, lambda at=nine + 60 * minutes: at).read(By("花子", "192.0.2.1"), conversation)  # type: ignore[misc]
    assert main(["staff", "breach-report", "--from", "2027-01-15T17:00", "--to", "2027-01-15T18:00"]) == 0
    assert told(capsys) == [
        "花子\tweb-a\t2\t2027-01-15 17:00:00\t2027-01-15 17:10:00",
        "花子\tline-b\t1\t2027-01-15 17:59:00\t2027-01-15 17:59:00",
        "staff: from 2027-01-15 17:00:00 to 2027-01-15 18:00:00 (Japan): 3 readings, 1 of staff, 2 conversations",
    ]


def test_a_report_of_the_last_minutes_has_what_was_read_now(
    store: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    Audit(store).read(By("花子", "192.0.2.1"), "web-a")
    year = time.gmtime().tm_year
    main(["staff", "breach-report", "--from", f"{year - 1}-01-01", "--to", f"{year + 2}-01-01T00:00+00:00"])
    assert told(capsys)[0].startswith("花子\tweb-a\t1\t")
