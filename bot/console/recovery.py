"""Recovery codes: what lets an administrator in who has lost the telephone with the second factor; shown once."""

from __future__ import annotations

import asyncio
import secrets
from string import digits
from typing import Optional

from sanic.response import HTTPResponse

from bot.console.pages import page, too_many
from bot.console.second_factor import as_typed
from bot.console.signing_in import proved
from bot.console.visit import Visit
from bot.store import Action

RECOVERY = "/recovery"
HOW_MANY = 10
_GROUPS, _IN_A_GROUP = 3, 5  # of digits, as telephones ask for them: 50 random bits, behind the number of the code


async def recovery_page(visit: Visit) -> HTTPResponse:
    """How many codes are left, and how to make new ones."""
    return await _page(visit, None)


async def make(visit: Visit) -> HTTPResponse:
    """Ten new codes, by whoever knows the present password; the earlier ones are void."""
    console = visit.console
    if wait_s := await console.visitors.wait_s(visit.request):
        return too_many(visit, wait_s)
    account = await proved(visit, visit.account.name, visit.sent("password"), Action.RECOVERY_CODES_NOT_MADE)
    if account is None:
        return await _page(visit, "wrong")
    await asyncio.to_thread(console.accounts.take_back, account)
    codes = [new_code(number) for number in range(HOW_MANY)]
    hashes = [await console.passwords.hashed(as_typed(code)) for code in codes]
    await asyncio.to_thread(console.recovery.give, account.id, hashes, visit.by)
    return page(visit, "recovery_once", codes=codes)


def new_code(number: int) -> str:
    """A code that nobody has used: the first digit says which of the ten it is."""
    groups = ("".join(secrets.choice(digits) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join((str(number), *groups))


async def _page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    left = await asyncio.to_thread(visit.console.recovery.left, visit.account.id)
    return page(visit, "recovery", 200 if problem is None else 422, left=left, problem=problem, how_many=HOW_MANY)
