"""The accounts of staff, for administrators: who has one, a new one, and the end or a new beginning of one."""

from __future__ import annotations

import asyncio
from typing import Callable, Optional

from sanic.response import HTTPResponse

from bot.console.names import account_name
from bot.console.pages import go_to, page
from bot.console.passwords import new_password
from bot.console.visit import Visit
from bot.store import LastAdministratorError, NameTakenError, NoAccountError, Role

ACCOUNTS = "/accounts"


async def accounts_page(visit: Visit) -> HTTPResponse:
    """All accounts."""
    return await _page(visit, None)


async def add(visit: Visit) -> HTTPResponse:
    """A new account. Its password is shown this once, and is to be changed at the first sign-in."""
    name, role = account_name(visit.sent("name")), _role(visit.sent("role"))
    if name is None:
        return await _page(visit, "name")
    if role is None:
        return await _page(visit, "role")
    password = new_password()
    kept = await visit.console.passwords.hashed(password)
    try:
        account = await asyncio.to_thread(visit.console.accounts.add, name, role, kept, True, visit.by)
    except NameTakenError:
        return await _page(visit, "taken")
    return page(visit, "password_once", account=account, password=password, is_new=True)


async def disable(visit: Visit) -> HTTPResponse:
    """Nobody signs in with this account any more."""

    def end(name: str) -> None:
        visit.console.accounts.disable(name, visit.by)

    problem = await _do_to_another(visit, end)
    return await _page(visit, problem) if problem else go_to(visit, f"{ACCOUNTS}?said=disabled")


async def change_role(visit: Visit) -> HTTPResponse:
    """Somebody else may do more or less from now on; the pages that they have open end."""
    role = _role(visit.sent("role"))
    if role is None:
        return await _page(visit, "role")

    def change(name: str) -> None:
        visit.console.accounts.change_role(name, role, visit.by)

    problem = await _do_to_another(visit, change)
    return await _page(visit, problem) if problem else go_to(visit, f"{ACCOUNTS}?said=role_changed")


async def reset(visit: Visit) -> HTTPResponse:
    """A new password, shown this once, and a new second factor for whoever lost theirs or was disabled."""
    password = new_password()
    kept = await visit.console.passwords.hashed(password)

    def begin_anew(name: str) -> None:
        visit.console.accounts.reset(name, kept, True, visit.by)

    problem = await _do_to_another(visit, begin_anew)
    if problem:
        return await _page(visit, problem)
    account = await asyncio.to_thread(visit.console.accounts.of, visit.sent("name"))
    return page(visit, "password_once", account=account, password=password, is_new=False)


async def _do_to_another(visit: Visit, what: Callable[[str], None]) -> Optional[str]:
    """Do something to the account that the form names, unless it is their own. Returns what is in the way."""
    name = account_name(visit.sent("name"))
    if name is None:
        return "gone"
    if name.casefold() == visit.account.name.casefold():
        return "own"
    try:
        await asyncio.to_thread(what, name)
    except NoAccountError:
        return "gone"
    except LastAdministratorError:
        return "last"
    return None


async def _page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    return page(
        visit,
        "accounts",
        200 if problem is None else 422,
        accounts=await asyncio.to_thread(visit.console.accounts.all),
        problem=problem,
        roles=list(Role),
        name=visit.sent("name") if problem else "",
        role=_role(visit.sent("role")) or Role.VIEWER,
    )


def _role(text: str) -> Optional[Role]:
    return Role(text) if text in {role.value for role in Role} else None
