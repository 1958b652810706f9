"""A session of staff lasts no longer than it may, ends when it is ended, and its token stands in no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import Account, Accounts, By, Database, Role, Sessions, Stage
from bot.store.sessions import LONGEST_HALF_S, LONGEST_IDLE_S, LONGEST_S, forget_sessions
from tests.store.patience import opened
from tests.store.test_accounts import Clock

OPERATOR = By("terminal:root", "")


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
def sessions(store: Database, clock: Clock) -> Sessions:
    return Sessions(store, clock)


@pytest.fixture
def hanako(accounts: Accounts) -> Account:
    return accounts.add("花子", Role.REVIEWER, "a hash", False, OPERATOR)


def test_a_token_finds_its_session_in_every_process(
    sessions: Sessions, hanako: Account, address: str, clock: Clock
) -> None:
    token = sessions.begin(hanako, Stage.IN)
    found = Sessions(opened(address), clock).find(token)
    assert found is not None and (found.account, found.stage) == (hanako, Stage.IN)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "あ"])
def test_another_token_finds_nothing(sessions: Sessions, hanako: Account, token: str) -> None:
    sessions.begin(hanako, Stage.IN)
    assert sessions.find(token) is None


def test_a_session_ends_when_nothing_was_asked_for_long(sessions: Sessions, hanako: Account, clock: Clock) -> None:
    token = sessions.begin(hanako, Stage.IN)
    clock.now += LONGEST_IDLE_S - 1
    assert sessions.find(token) is not None
    clock.now += LONGEST_IDLE_S - 1
    assert sessions.find(token) is not None
    clock.now += LONGEST_IDLE_S
    assert sessions.find(token) is None


def test_a_session_ends_after_a_working_day_however_much_is_done(
    sessions: Sessions, hanako: Account, clock: Clock
) -> None:
    token = sessions.begin(hanako, Stage.IN)
    for _ in range(11):
        clock.now += 3600
        assert sessions.find(token) is not None
    clock.now += 3600
    assert sessions.find(token) is None


def test_a_page_that_asks_by_itself_keeps_no_session_on(sessions: Sessions, hanako: Account, clock: Clock) -> None:
    token = sessions.begin(hanako, Stage.IN)
    for _ in range(8):
        clock.now += LONGEST_IDLE_S / 8
        found = sessions.find(token, by_itself=True)
    assert found is None


def test_half_a_session_lasts_minutes(sessions: Sessions, hanako: Account, clock: Clock) -> None:
    token = sessions.begin(hanako, Stage.HALF)
    clock.now += LONGEST_HALF_S
    assert sessions.find(token) is None


def test_a_session_that_was_ended_is_over_and_others_go_on(sessions: Sessions, hanako: Account) -> None:
    ended, other = sessions.begin(hanako, Stage.IN), sessions.begin(hanako, Stage.IN)
    sessions.end(ended)
    assert sessions.find(ended) is None
    assert sessions.find(other) is not None


def test_all_sessions_end_when_the_account_is_disabled(sessions: Sessions, accounts: Accounts, hanako: Account) -> None:
    token = sessions.begin(hanako, Stage.IN)
    accounts.disable("花子", OPERATOR)
    assert sessions.find(token) is None


def test_a_session_of_before_is_not_on_again_once_the_account_is_enabled(
    sessions: Sessions, accounts: Accounts, hanako: Account
) -> None:
    token = sessions.begin(hanako, Stage.IN)
    accounts.disable("花子", OPERATOR)
    accounts.reset("花子", "a hash", False, OPERATOR)
    assert sessions.find(token) is None


def test_all_sessions_end_when_the_password_is_changed(sessions: Sessions, accounts: Accounts, hanako: Account) -> None:
    token = sessions.begin(hanako, Stage.IN)
    changed = accounts.change_password(hanako, "another hash", OPERATOR)
    assert sessions.find(token) is None
    assert sessions.find(sessions.begin(changed, Stage.IN)) is not None


def test_a_session_begun_with_what_was_known_before_a_reset_is_none(
    sessions: Sessions, accounts: Accounts, hanako: Account
) -> None:
    accounts.reset("花子", "a hash", False, OPERATOR)
    assert sessions.find(sessions.begin(hanako, Stage.IN)) is None


def test_the_second_factor_that_is_set_up_belongs_to_its_session(sessions: Sessions, hanako: Account) -> None:
    token, other = sessions.begin(hanako, Stage.HALF), sessions.begin(hanako, Stage.HALF)
    sessions.offer_secret(token, "SECRET")
    found, others = sessions.find(token), sessions.find(other)
    assert found is not None and others is not None
    assert (found.secret, others.secret) == ("SECRET", None)


def test_the_store_does_not_hold_the_token(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    account = Accounts(store).add("花子", Role.VIEWER, "a hash", False, OPERATOR)
    token = Sessions(store).begin(account, Stage.IN)
    assert not any(token.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_what_is_over_is_erased_and_nothing_else(
    sessions: Sessions, hanako: Account, store: Database, clock: Clock
) -> None:
    sessions.begin(hanako, Stage.IN)
    sessions.begin(hanako, Stage.HALF)
    clock.now += LONGEST_HALF_S
    token = sessions.begin(hanako, Stage.IN)
    assert forget_sessions(store, clock.now) == 1
    assert sessions.find(token) is not None
    clock.now += LONGEST_S
    assert forget_sessions(store, clock.now) == 2
