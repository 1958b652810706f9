"""What can be done about staff from a terminal of the server: `python -m bot staff`."""

from __future__ import annotations

import getpass
from typing import Callable, Optional

from bot.console.names import LONGEST_NAME, account_name
from bot.console.passwords import LONGEST, SHORTEST, Problem, hashed_now, new_password, problem_with
from bot.console.times import moment, time_in_japan
from bot.store import Account, Accounts, Audit, By, Database, NameTakenError, NoAccountError, Role

Tell = Callable[[str], None]
Ask = Callable[[str], str]

_PROBLEMS = {
    Problem.TOO_SHORT: f"a password has at least {SHORTEST} characters",
    Problem.TOO_LONG: f"a password has at most {LONGEST} characters",
    Problem.TOO_SIMPLE: "a password has at least 5 different characters, and not the name in it",
    Problem.NOT_THE_SAME: "the two passwords are not the same",
}


class StaffError(Exception):
    """It cannot be done; the message says why, in one line."""


def add(store: Database, tell: Tell, name: str, role: Role, ask: Optional[Ask]) -> None:
    """A new account. Its password is asked for with `ask`, or else made, told once, and to be changed at first."""
    called = account_name(name)
    if called is None:
        raise StaffError(
            f"{name!r} cannot be a name: at most {LONGEST_NAME} letters, digits, spaces and . - _ ・, "
            "a letter or a digit first"
        )
    password = _password(called, ask)
    try:
        account = Accounts(store).add(called, role, hashed_now(password), ask is None, _by())
    except NameTakenError:
        raise StaffError(f"{called} has an account already; `staff reset` gives a new password") from None
    _tell_of(account, tell, "added", password, ask)


def reset(store: Database, tell: Tell, name: str, ask: Optional[Ask]) -> None:
    """A new password and no second factor until the next sign-in; a disabled account is enabled again."""
    password = _password(name, ask)
    try:
        account = Accounts(store).reset(account_name(name) or name, hashed_now(password), ask is None, _by())
    except NoAccountError:
        raise _nobody(name) from None
    _tell_of(account, tell, "reset", password, ask)


def disable(store: Database, tell: Tell, name: str) -> None:
    """Nobody signs in with the account any more, and its sessions end at once, also the last administrator's."""
    try:
        Accounts(store).disable(account_name(name) or name, _by(), even_the_last=True)
    except NoAccountError:
        raise _nobody(name) from None
    tell(f"staff: {name} disabled")


def show(store: Database, tell: Tell) -> None:
    """Every account: name, role, how it is, when somebody last signed in with it."""
    for account in Accounts(store).all():
        state = "disabled" if account.disabled else "password to be changed" if account.temporary else "enabled"
        tell(f"{account.name}\t{account.role.value}\t{state}\t{moment(account.signed_in_at) or 'never'}")


def breach_report(store: Database, tell: Tell, since: str, until: str) -> None:
    """Who was shown owners' words of which conversation from a time on and before another, with tabs between."""
    began, ended = (_time(text) for text in (since, until))
    readings = Audit(store).readings(began, ended)
    for reading in readings:
        tell(f"{reading.who}\t{reading.about}\t{reading.times}\t{moment(reading.first_at)}\t{moment(reading.last_at)}")
    people, conversations = ({getattr(each, what) for each in readings} for what in ("who", "about"))
    tell(
        f"staff: from {moment(began)} to {moment(ended)} (Japan): {sum(each.times for each in readings)} readings, "
        f"{len(people)} of staff, {len(conversations)} conversations"
    )


def _password(name: str, ask: Optional[Ask]) -> str:
    if ask is None:
        return new_password()
    password = ask(f"password for {name}: ")
    problem = problem_with(password, name)
    if problem is None and ask("once more: ") != password:
        problem = Problem.NOT_THE_SAME
    if problem is not None:
        raise StaffError(_PROBLEMS[problem])
    return password


def _tell_of(account: Account, tell: Tell, what: str, password: str, ask: Optional[Ask]) -> None:
    tell(f"staff: {account.name} {what}, {account.role.value}, to sign in at /staff")
    if ask is None:
        tell(f"password, shown this once and to be changed at the first sign-in: {password}")
    if account.needs_second_factor:
        tell("the second factor is set up at the next sign-in, with an authenticator app")


def _time(text: str) -> float:
    found = time_in_japan(text)
    if found is None:
        raise StaffError(f"expected a time such as 2026-11-28T09:00, of Japan, found {text!r}")
    return found


def _nobody(name: str) -> StaffError:
    return StaffError(f"nobody of staff is called {name}; `staff list` names all")


def _by() -> By:
    return By(f"terminal:{getpass.getuser()}", "")
