"""Recovery codes: each once, void once there are new ones or the account begins anew, and noted."""

from __future__ import annotations

import threading
from typing import List

import pytest

from bot.store import Accounts, Action, Audit, By, Database, RecoveryCodes, Role, Wanted
from tests.store.patience import opened

HANAKO = By("花子", "192.0.2.7")
HASHES = [f"hash {number}" for number in range(10)]


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def codes(store: Database) -> RecoveryCodes:
    return RecoveryCodes(store)


def test_a_code_is_used_once_and_that_is_noted(store: Database, codes: RecoveryCodes) -> None:
    codes.give(1, HASHES, HANAKO)
    third = codes.unused(1, 3)
    assert third is not None and third.hash == "hash 3"
    assert [codes.use(third, HANAKO), codes.use(third, HANAKO)] == [True, False]
    assert (codes.unused(1, 3), codes.left(1)) == (None, 9)
    actions = [entry.action for entry in Audit(store).entries(Wanted(), 5)]
    assert actions == [Action.RECOVERY_CODE_USED, Action.RECOVERY_CODES_MADE]


def test_of_many_who_use_one_code_at_once_one_comes_in(codes: RecoveryCodes) -> None:
    codes.give(1, HASHES, HANAKO)
    code = codes.unused(1, 0)
    assert code is not None
    used: List[bool] = []
    threads = [threading.Thread(target=lambda: used.append(codes.use(code, HANAKO))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(used) == [False, False, False, False, True]


def test_new_codes_make_the_earlier_ones_void(codes: RecoveryCodes) -> None:
    codes.give(1, HASHES, HANAKO)
    before = codes.unused(1, 0)
    assert before is not None
    codes.give(1, [f"new {number}" for number in range(10)], HANAKO)
    assert not codes.use(before, HANAKO)
    assert codes.left(1) == 10


def test_codes_are_of_one_account_and_end_with_its_second_factor(store: Database, codes: RecoveryCodes) -> None:
    accounts = Accounts(store)
    hanako = accounts.add("花子", Role.ADMINISTRATOR, "a hash", False, HANAKO)
    codes.give(hanako.id, HASHES, HANAKO)
    assert codes.left(hanako.id + 1) == 0
    accounts.reset("花子", "a hash", True, HANAKO)
    assert codes.left(hanako.id) == 0


def test_no_code_shows_its_hash_where_it_is_printed(codes: RecoveryCodes) -> None:
    codes.give(1, HASHES, HANAKO)
    assert "hash 0" not in repr(codes.unused(1, 0))
