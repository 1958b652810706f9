"""The accounts of staff: who may use the console, as what, and how often somebody tried in their name."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, Optional, Tuple

import sqlalchemy
from sqlalchemy import Boolean, Column, Float, Integer, Text, func, select
from sqlalchemy.engine import Connection

from bot.store.audit import Action, By, note
from bot.store.database import TABLES, Database, database
from bot.store.recovery import forget_codes

MOST_FAILURES = 5
LOCKED_FOR_S = 15 * 60.0

ACCOUNTS = sqlalchemy.Table(
    "staff_accounts",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("temporary", Boolean, nullable=False),
    Column("secret", Text),
    Column("last_step", Integer, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Float, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("signed_in_at", Float),
)
_OF = ACCOUNTS.c


class Role(str, Enum):
    """What somebody of staff may do; each may do what those before it may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"

    def may_do_as(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class NameTakenError(Exception):
    """Somebody has an account of this name, or of one that differs in capital letters alone."""


class NoAccountError(Exception):
    """Nobody has an account of this name."""


class LastAdministratorError(Exception):
    """Nobody else could make accounts any more."""


@dataclass(frozen=True)
class Account:
    """An account. `password` is its argon2 hash; a `temporary` one was given by somebody else and is to be changed.

    `secret` is that of the second factor, where one was set up. `epoch` counts how often all sessions were ended.
    Times are in Unix seconds.
    """

    id: int
    name: str
    role: Role
    password: str = field(repr=False)
    temporary: bool
    secret: Optional[str] = field(repr=False)
    disabled: bool
    epoch: int
    made_at: float
    signed_in_at: Optional[float]

    @property
    def needs_second_factor(self) -> bool:
        """Whether the password alone does not let them in."""
        return self.role is Role.ADMINISTRATOR


class Accounts:
    """All accounts. Every call raises StoreError where the store fails.

    Whatever changes an account is noted in the audit log in the same transaction. None is ever removed: the log names
    them.
    """

    def __init__(self, store: Database, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def anybody(self) -> bool:
        """Whether somebody may sign in."""
        with self._store.reading() as store:
            return store.execute(select(_OF.id).where(~_OF.disabled).limit(1)).first() is not None

    def all(self) -> Tuple[Account, ...]:
        """Every account, also those that were disabled, by name."""
        with self._store.reading() as store:
            return tuple(map(account_of, store.execute(select(ACCOUNTS).order_by(_OF.key))))

    def of(self, name: str) -> Account:
        """The account of this name. Raises NoAccountError."""
        with self._store.reading() as store:
            return _named(store, name)

    def add(self, name: str, role: Role, password: str, temporary: bool, by: By) -> Account:
        """A new account with the hash of its password. Raises NameTakenError."""
        row = {
            "name": name,
            "key": _key(name),
            "role": role.value,
            "password": password,
            "temporary": temporary,
            "last_step": 0,
            "disabled": False,
            "epoch": 0,
            "failures": 0,
            "failed_at": 0.0,
            "made_at": self._clock(),
        }
        with self._store.writing() as store:
            if store.execute(self._store.insert_new(ACCOUNTS).values(row)).rowcount != 1:
                raise NameTakenError(name)
            note(store, self._clock(), by, Action.ACCOUNT_ADDED, name, role.value)
            return _named(store, name)

    def disable(self, name: str, by: By, even_the_last: bool = False) -> None:
        """Nobody signs in with this account any more, and its sessions end. Raises NoAccountError.

        Raises LastAdministratorError unless `even_the_last`.
        """
        with self._store.writing() as store:
            self._store.hold(store, "staff_accounts")
            account = _named(store, name)
            if not even_the_last:
                _check_another_administrator(store, account)
            self._set(store, account.id, disabled=True, epoch=_OF.epoch + 1)
            note(store, self._clock(), by, Action.ACCOUNT_DISABLED, account.name)

    def change_role(self, name: str, role: Role, by: By) -> None:
        """Somebody may do more or less from now on; their sessions end. Nothing happens where it is their role already.

        Who becomes an administrator sets a second factor up at the next sign-in, unless they have one. Raises
        NoAccountError, LastAdministratorError.
        """
        with self._store.writing() as store:
            self._store.hold(store, "staff_accounts")
            account = _named(store, name)
            if account.role is role:
                return
            _check_another_administrator(store, account)
            self._set(store, account.id, role=role.value, epoch=_OF.epoch + 1)
            note(store, self._clock(), by, Action.ROLE_CHANGED, account.name, role.value)

    def reset(self, name: str, password: str, temporary: bool, by: By) -> Account:
        """A new password, no second factor until the next sign-in, nor recovery codes; enabled, not locked.

        Sessions end. Raises NoAccountError.
        """
        with self._store.writing() as store:
            account = _named(store, name)
            values = {"password": password, "temporary": temporary, "secret": None, "disabled": False, "failures": 0}
            self._set(store, account.id, **values, epoch=_OF.epoch + 1)
            forget_codes(store, account.id)
            note(store, self._clock(), by, Action.ACCOUNT_RESET, account.name)
            return _named(store, name)

    def change_password(self, account: Account, password: str, by: By) -> Account:
        """Their own password, by themselves; all their sessions end. Returns the account as it is then."""
        with self._store.writing() as store:
            values = {"password": password, "temporary": False, "failures": 0}
            self._set(store, account.id, **values, epoch=_OF.epoch + 1)
            note(store, self._clock(), by, Action.PASSWORD_CHANGED, account.name)
            return _named(store, account.name)

    def attempt(self, name: str) -> Optional[Account]:
        """Count that somebody tries to prove to be this person; None where nobody is, or may not try now.

        It is counted before anything is compared, so that many who try at once have no more attempts together. Whoever
        failed `MOST_FAILURES` times may try again after `LOCKED_FOR_S`.
        """
        now = self._clock()
        rested = (_OF.failed_at <= now - LOCKED_FOR_S) | (_OF.failed_at > now + LOCKED_FOR_S)  # or the clock jumped
        counted = (
            ACCOUNTS.update()
            .where(_OF.key == _key(name), ~_OF.disabled, (_OF.failures < MOST_FAILURES) | rested)
            .values(failures=sqlalchemy.case((rested, 1), else_=_OF.failures + 1), failed_at=now)
        )
        with self._store.writing() as store:
            return _named(store, name) if store.execute(counted).rowcount == 1 else None

    def failed(self, account: Account, by: By, action: Action, detail: str) -> None:
        """The attempt that was counted failed."""
        with self._store.writing() as store:
            note(store, self._clock(), by, action, account.name, detail)

    def take_back(self, account: Account) -> None:
        """The attempt that was counted was right, and another proof is still asked for."""
        with self._store.writing() as store:
            self._set(store, account.id, failures=sqlalchemy.case((_OF.failures > 0, _OF.failures - 1), else_=0))

    def signed_in(self, account: Account, by: By) -> None:
        """They have proved all that is asked for."""
        now = self._clock()
        with self._store.writing() as store:
            self._set(store, account.id, failures=0, signed_in_at=now)
            note(store, now, by, Action.SIGNED_IN, account.name)

    def keep_secret(self, account: Account, secret: str, step: int, by: By) -> bool:
        """Their second factor from now on, proved by the code of a step of time. False where there is one already."""
        mine = ACCOUNTS.update().where(_OF.id == account.id, _OF.secret.is_(None), _OF.epoch == account.epoch)
        with self._store.writing() as store:
            if store.execute(mine.values(secret=secret, last_step=step)).rowcount != 1:
                return False
            note(store, self._clock(), by, Action.SECOND_FACTOR_SET_UP, account.name)
        return True

    def use_code(self, account: Account, step: int) -> bool:
        """Use up the code of a step of time, and all before it. False where that was done already: nobody enters twice
        with a code that was seen.
        """
        unused = ACCOUNTS.update().where(_OF.id == account.id, _OF.last_step < step)
        with self._store.writing() as store:
            return int(store.execute(unused.values(last_step=step)).rowcount) == 1

    @staticmethod
    def _set(store: Connection, number: int, **values: object) -> None:
        store.execute(ACCOUNTS.update().where(_OF.id == number).values(values))


def _check_another_administrator(store: Connection, account: Account) -> None:
    """Raises LastAdministratorError where nobody else could make accounts any more without this one."""
    others = select(func.count()).where(_OF.role == Role.ADMINISTRATOR.value, ~_OF.disabled, _OF.id != account.id)
    counts = account.role is Role.ADMINISTRATOR and not account.disabled
    if counts and not store.execute(others).scalar_one():
        raise LastAdministratorError(account.name)


def account_of(row: Any) -> Account:
    """The account in a row that has the columns of the table."""
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password=row.password,
        temporary=row.temporary,
        secret=row.secret,
        disabled=row.disabled,
        epoch=row.epoch,
        made_at=row.made_at,
        signed_in_at=row.signed_in_at,
    )


def _named(store: Connection, name: str) -> Account:
    row = store.execute(select(ACCOUNTS).where(_OF.key == _key(name))).one_or_none()
    if row is None:
        raise NoAccountError(name)
    return account_of(row)


def _key(name: str) -> str:
    return name.casefold()


def accounts() -> Accounts:
    """The accounts in the operator's store."""
    return Accounts(database())
