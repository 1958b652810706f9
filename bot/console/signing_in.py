"""Signing in and out: the password, the second factor of administrators, and the own password."""

from __future__ import annotations

import asyncio
from typing import Optional
from urllib.parse import quote

from sanic.response import HTTPResponse

from bot.console.guard import HOME, SECOND_FACTOR, SIGN_IN, drop, keep, way_on
from bot.console.names import account_name
from bot.console.pages import go_to, page, too_many
from bot.console.passwords import SHORTEST, Problem, problem_with
from bot.console.second_factor import as_typed, in_groups, new_secret, picture, step_of
from bot.console.visit import Visit
from bot.store import Account, Action, By, Stage

PASSWORD, CODE = "password", "code"
CODE_LENGTH = 16  # of a recovery code (bot/console/recovery.py), without its hyphens


async def sign_in_page(visit: Visit) -> HTTPResponse:
    """Name and password."""
    if visit.session is not None and visit.session.stage is Stage.IN:
        return go_to(visit, way_on(visit.asked("to")))
    return keep(page(visit, "sign_in", failed=False, to=way_on(visit.asked("to"))), visit, visit.token)


async def sign_in(visit: Visit) -> HTTPResponse:
    """Who has the right password goes on: to the second factor where one is needed, or in."""
    console = visit.console
    if wait_s := await console.visitors.wait_s(visit.request):
        return too_many(visit, wait_s)
    account = await proved(visit, account_name(visit.sent("name")), visit.sent("password"), Action.SIGN_IN_FAILED)
    if account is None:
        return page(visit, "sign_in", 422, failed=True, to=way_on(visit.sent("to")))
    await asyncio.to_thread(console.sessions.end, visit.token)
    if account.needs_second_factor:
        await asyncio.to_thread(console.accounts.take_back, account)
        half = await asyncio.to_thread(console.sessions.begin, account, Stage.HALF)
        on = way_on(visit.sent("to"))
        return keep(go_to(visit, f"{SECOND_FACTOR}?to={quote(on)}" if on else SECOND_FACTOR), visit, half)
    return await _come_in(visit, account)


async def second_factor_page(visit: Visit) -> HTTPResponse:
    """The code; before there is a second factor, how to set it up."""
    return await _ask_for_code(visit, failed=False)


async def second_factor(visit: Visit) -> HTTPResponse:
    """Who has the right code comes in. The first one sets the second factor up."""
    console, account = visit.console, visit.account
    if wait_s := await console.visitors.wait_s(visit.request):
        return too_many(visit, wait_s)
    if await asyncio.to_thread(console.accounts.attempt, account.name) is None:
        await asyncio.to_thread(console.sessions.end, visit.token)
        return keep(page(visit, "sign_in", 422, failed=True, to=way_on(visit.sent("to"))), visit, visit.token)
    if not (await _has_right_code(visit, account) or await _has_recovery_code(visit, account)):
        await asyncio.to_thread(console.accounts.failed, account, visit.by, Action.SIGN_IN_FAILED, CODE)
        return await _ask_for_code(visit, failed=True)
    await asyncio.to_thread(console.sessions.end, visit.token)
    return await _come_in(visit, account)


async def sign_out(visit: Visit) -> HTTPResponse:
    """The session ends on the server, and in the browser."""
    await asyncio.to_thread(visit.console.sessions.end, visit.token)
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.SIGNED_OUT, visit.account.name)
    return drop(go_to(visit, SIGN_IN), visit)


async def password_page(visit: Visit) -> HTTPResponse:
    """The own password."""
    return _password_page(visit, None)


async def change_password(visit: Visit) -> HTTPResponse:
    """Another password, by whoever knows the present one. All other sessions of theirs end."""
    console, account, password = visit.console, visit.account, visit.sent("new")
    problem: Optional[str] = problem_with(password, account.name)
    if problem is None and password != visit.sent("again"):
        problem = Problem.NOT_THE_SAME
    if problem is None and password == visit.sent("password"):
        problem = "the_same"
    if problem is not None:
        return _password_page(visit, problem)
    if wait_s := await console.visitors.wait_s(visit.request):
        return too_many(visit, wait_s)
    if await proved(visit, account.name, visit.sent("password"), Action.PASSWORD_NOT_CHANGED) is None:
        return _password_page(visit, "wrong")
    kept = await console.passwords.hashed(password)
    changed = await asyncio.to_thread(console.accounts.change_password, account, kept, visit.by)
    token = await asyncio.to_thread(console.sessions.begin, changed, Stage.IN)
    return keep(go_to(visit, f"{HOME}?said=password_changed"), visit, token)


async def proved(visit: Visit, name: Optional[str], password: str, otherwise: Action) -> Optional[Account]:
    """The account that a name and its password are of. What failed is noted, as `otherwise`, for names there are.

    All that is wrong takes the same time and looks the same, so that nobody learns which names there are.
    """
    accounts = visit.console.accounts
    account = await asyncio.to_thread(accounts.attempt, name) if name is not None else None
    if await visit.console.passwords.is_right(password, account.password if account is not None else None):
        return account
    if account is not None:
        by = By(account.name, visit.address)
        await asyncio.to_thread(accounts.failed, account, by, otherwise, PASSWORD)
    return None


async def _has_right_code(visit: Visit, account: Account) -> bool:
    """Whether the code is right, and nobody has used it before; the first one keeps the secret it was made of."""
    console, session = visit.console, visit.session
    offered = session.secret if session is not None else None
    secret = account.secret or offered
    step = step_of(secret, visit.sent("code"), console.clock()) if secret is not None else None
    if secret is None or step is None:
        return False
    if account.secret is None:
        return await asyncio.to_thread(console.accounts.keep_secret, account, secret, step, visit.by)
    return await asyncio.to_thread(console.accounts.use_code, account, step)


async def _has_recovery_code(visit: Visit, account: Account) -> bool:
    """Whether it is one of the codes for whoever lost the second factor, which is used up by that.

    Its first digit says which of them it is, so that one hash is compared and not ten.
    """
    console, typed = visit.console, as_typed(visit.sent("code"))
    if account.secret is None or len(typed) != CODE_LENGTH or not typed.isascii():
        return False
    code = await asyncio.to_thread(console.recovery.unused, account.id, int(typed[0]))
    if not await console.passwords.is_right(typed, code.hash if code is not None else None) or code is None:
        return False
    return await asyncio.to_thread(console.recovery.use, code, By(account.name, visit.address))


async def _ask_for_code(visit: Visit, failed: bool) -> HTTPResponse:
    status, to = 422 if failed else 200, way_on(visit.sent("to") or visit.asked("to"))
    if visit.account.secret is not None:
        return page(visit, "second_factor", status, failed=failed, to=to)
    offered = visit.session.secret if visit.session is not None else None
    if offered is None:
        offered = new_secret()
        await asyncio.to_thread(visit.console.sessions.offer_secret, visit.token, offered)
    qr = picture(offered, visit.account.name, visit.console.place.host)
    return page(visit, "second_factor_new", status, failed=failed, qr=qr, secret=in_groups(offered), to=to)


async def _come_in(visit: Visit, account: Account) -> HTTPResponse:
    """A new session, under a token that nobody had before."""
    by = By(account.name, visit.address)
    await asyncio.to_thread(visit.console.accounts.signed_in, account, by)
    token = await asyncio.to_thread(visit.console.sessions.begin, account, Stage.IN)
    return keep(go_to(visit, way_on(visit.sent("to"))), visit, token)


def _password_page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    status = 200 if problem is None else 422
    return page(visit, "password", status, problem=problem, shortest=SHORTEST, temporary=visit.account.temporary)
