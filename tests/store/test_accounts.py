"""Accounts of staff: one a name, locked after failures, ended at once, and everything done to them is noted."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import List, Optional

import pytest

from bot.store import (
    Account,
    Accounts,
    Action,
    Audit,
    By,
    Database,
    LastAdministratorError,
    NameTakenError,
    NoAccountError,
    Role,
    Wanted,
)
from bot.store.accounts import LOCKED_FOR_S, MOST_FAILURES
from tests.store.patience import opened

OPERATOR = By("terminal:root", "")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def accounts(store: Database, clock: Clock) -> Accounts:
    return Accounts(store, clock)


@pytest.fixture
def hanako(accounts: Accounts) -> Account:
    return accounts.add("Hanako", Role.ADMINISTRATOR, "a hash", False, OPERATOR)


def noted(store: Database) -> List[object]:
    """What the log has, oldest first."""
    return [(entry.by.who, entry.action, entry.about) for entry in reversed(Audit(store).entries(Wanted(), 100))]


def fail(accounts: Accounts, times: int) -> Optional[Account]:
    return [accounts.attempt("Hanako") for _ in range(times)][-1]


def test_nobody_may_sign_in_before_there_is_an_account(accounts: Accounts) -> None:
    assert not accounts.anybody()
    accounts.add("花子", Role.VIEWER, "a hash", True, OPERATOR)
    assert accounts.anybody()


def test_an_account_is_kept_as_it_was_made(accounts: Accounts, hanako: Account, clock: Clock) -> None:
    assert accounts.all() == (hanako,)
    assert (hanako.name, hanako.role, hanako.temporary, hanako.made_at) == (
        "Hanako",
        Role.ADMINISTRATOR,
        False,
        clock.now,
    )


@pytest.mark.parametrize("name", ["Hanako", "hanako", "HANAKO"])
def test_two_accounts_do_not_differ_in_capital_letters_alone(accounts: Accounts, hanako: Account, name: str) -> None:
    with pytest.raises(NameTakenError):
        accounts.add(name, Role.VIEWER, "a hash", False, OPERATOR)


def test_an_account_shows_neither_password_nor_secret_where_it_is_printed(hanako: Account) -> None:
    assert "a hash" not in repr(hanako)


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert Role.ADMINISTRATOR.may_do_as(Role.VIEWER) and Role.REVIEWER.may_do_as(Role.REVIEWER)
    assert not Role.VIEWER.may_do_as(Role.REVIEWER) and not Role.REVIEWER.may_do_as(Role.ADMINISTRATOR)


def test_whoever_fails_too_often_may_not_try_for_a_time(accounts: Accounts, hanako: Account, clock: Clock) -> None:
    assert fail(accounts, MOST_FAILURES) is not None
    assert accounts.attempt("Hanako") is None
    clock.now += LOCKED_FOR_S
    assert accounts.attempt("Hanako") == hanako


def test_a_lock_is_not_made_longer_by_trying(accounts: Accounts, hanako: Account, clock: Clock) -> None:
    fail(accounts, MOST_FAILURES)
    clock.now += LOCKED_FOR_S - 1
    assert accounts.attempt("Hanako") is None
    clock.now += 1
    assert accounts.attempt("Hanako") == hanako


def test_a_clock_that_was_set_back_locks_nobody_out_for_long(accounts: Accounts, hanako: Account, clock: Clock) -> None:
    fail(accounts, MOST_FAILURES)
    clock.now -= 86_400
    assert accounts.attempt("Hanako") == hanako


def test_signing_in_ends_the_counting(accounts: Accounts, hanako: Account) -> None:
    fail(accounts, MOST_FAILURES - 1)
    accounts.signed_in(hanako, By("Hanako", "192.0.2.1"))
    assert fail(accounts, MOST_FAILURES) is not None


def test_a_right_password_does_not_let_codes_be_tried_without_end(accounts: Accounts, hanako: Account) -> None:
    for _ in range(MOST_FAILURES):
        accounts.attempt("Hanako")  # the password, which is right
        accounts.take_back(hanako)
        accounts.attempt("Hanako")  # the code, which is wrong
    assert accounts.attempt("Hanako") is None


def test_nobody_tries_in_the_name_of_nobody_or_of_who_was_disabled(accounts: Accounts, hanako: Account) -> None:
    assert accounts.attempt("太郎") is None
    accounts.disable("Hanako", OPERATOR, even_the_last=True)
    assert accounts.attempt("Hanako") is None
    assert not accounts.anybody()


def test_many_who_try_at_once_have_no_more_attempts_together(accounts: Accounts, hanako: Account) -> None:
    found: List[Optional[Account]] = []
    tries = [threading.Thread(target=lambda: found.append(accounts.attempt("Hanako"))) for _ in range(12)]
    for each in tries:
        each.start()
    for each in tries:
        each.join()
    assert sum(account is not None for account in found) == MOST_FAILURES


def test_the_last_administrator_is_not_disabled_unless_that_is_meant(accounts: Accounts, hanako: Account) -> None:
    accounts.add("次郎", Role.REVIEWER, "a hash", False, OPERATOR)
    with pytest.raises(LastAdministratorError):
        accounts.disable("Hanako", OPERATOR)
    accounts.add("三郎", Role.ADMINISTRATOR, "a hash", False, OPERATOR)
    accounts.disable("Hanako", OPERATOR)
    with pytest.raises(LastAdministratorError):
        accounts.disable("三郎", OPERATOR)


def test_a_role_is_changed_sessions_end_and_it_is_noted_once(
    store: Database, accounts: Accounts, hanako: Account
) -> None:
    before = accounts.add("次郎", Role.REVIEWER, "a hash", False, OPERATOR)
    accounts.change_role("次郎", Role.VIEWER, OPERATOR)
    accounts.change_role("次郎", Role.VIEWER, OPERATOR)
    after = accounts.of("次郎")
    assert (after.role, after.epoch) == (Role.VIEWER, before.epoch + 1)
    assert noted(store)[2:] == [(OPERATOR.who, Action.ROLE_CHANGED, "次郎")]


def test_the_last_administrator_stays_one(accounts: Accounts, hanako: Account) -> None:
    with pytest.raises(LastAdministratorError):
        accounts.change_role("Hanako", Role.VIEWER, OPERATOR)
    accounts.add("三郎", Role.ADMINISTRATOR, "a hash", False, OPERATOR)
    accounts.change_role("Hanako", Role.VIEWER, OPERATOR)
    with pytest.raises(LastAdministratorError):
        accounts.change_role("三郎", Role.REVIEWER, OPERATOR)


def test_nobody_can_be_disabled_or_reset_who_is_not_there(accounts: Accounts) -> None:
    with pytest.raises(NoAccountError):
        accounts.disable("太郎", OPERATOR)
    with pytest.raises(NoAccountError):
        accounts.reset("太郎", "a hash", True, OPERATOR)


def test_a_reset_takes_the_second_factor_and_the_lock_away_and_enables(accounts: Accounts, hanako: Account) -> None:
    assert accounts.keep_secret(hanako, "SECRET", 1, OPERATOR)
    accounts.disable("Hanako", OPERATOR, even_the_last=True)
    fresh = accounts.reset("Hanako", "another hash", True, OPERATOR)
    assert (fresh.password, fresh.temporary, fresh.secret, fresh.disabled) == ("another hash", True, None, False)
    assert accounts.attempt("Hanako") == fresh


def test_a_second_factor_is_set_up_once(accounts: Accounts, hanako: Account) -> None:
    assert accounts.keep_secret(hanako, "SECRET", 1, OPERATOR)
    assert not accounts.keep_secret(hanako, "OTHER", 2, OPERATOR)
    assert accounts.of("Hanako").secret == "SECRET"


def test_a_code_is_used_once_and_no_older_one_after_it(accounts: Accounts, hanako: Account) -> None:
    assert accounts.use_code(hanako, 5)
    assert not accounts.use_code(hanako, 5)
    assert not accounts.use_code(hanako, 4)
    assert accounts.use_code(hanako, 6)


def test_all_that_is_done_to_an_account_is_noted(accounts: Accounts, hanako: Account, store: Database) -> None:
    me = By("Hanako", "192.0.2.1")
    accounts.signed_in(hanako, me)
    accounts.keep_secret(hanako, "SECRET", 1, me)
    accounts.change_password(hanako, "another hash", me)
    accounts.failed(hanako, me, Action.SIGN_IN_FAILED, "password")
    accounts.reset("hanako", "a hash", True, OPERATOR)
    accounts.disable("hanako", OPERATOR, even_the_last=True)
    assert noted(store) == [
        ("terminal:root", Action.ACCOUNT_ADDED, "Hanako"),
        ("Hanako", Action.SIGNED_IN, "Hanako"),
        ("Hanako", Action.SECOND_FACTOR_SET_UP, "Hanako"),
        ("Hanako", Action.PASSWORD_CHANGED, "Hanako"),
        ("Hanako", Action.SIGN_IN_FAILED, "Hanako"),
        ("terminal:root", Action.ACCOUNT_RESET, "Hanako"),
        ("terminal:root", Action.ACCOUNT_DISABLED, "Hanako"),
    ]


def test_a_name_that_is_taken_leaves_no_note(accounts: Accounts, hanako: Account, store: Database) -> None:
    with pytest.raises(NameTakenError):
        accounts.add("hanako", Role.VIEWER, "a hash", False, OPERATOR)
    assert len(noted(store)) == 1


_ADD = """
import sys
from bot.store import Accounts, By, Database, NameTakenError, Role
try:
    Accounts(Database(sys.argv[1])).add("Hanako", Role.VIEWER, "a hash", False, By("terminal:root", ""))
except NameTakenError:
    sys.exit(3)
"""


def test_of_several_processes_that_add_the_same_name_one_does(address: str) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", _ADD, address]) for _ in range(3)]
    assert sorted(process.wait(60) for process in processes) == [0, 3, 3]
    assert [account.name for account in Accounts(opened(address)).all()] == ["Hanako"]
