"""Stands before every route of the console: whose session it is, what the route needs, who sent the form."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import secrets
from dataclasses import replace
from typing import Awaitable, Callable, Mapping, Optional, Sequence
from urllib.parse import parse_qs, quote, unquote

from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.console.pages import go_to, page
from bot.console.place import PREFIX, Place
from bot.console.visit import Console, Needs, Route, Visit, form_token
from bot.store import Action, Stage, StoreError
from bot.store.sessions import TOKEN_LENGTH

MOST_BYTES = 32_000
TOKEN_FIELD = "token"
TOKEN_HEADER = "x-form-token"
SIGN_IN, SECOND_FACTOR, OWN_PASSWORD, HOME = "/sign-in", "/second-factor", "/password", ""
LONGEST_WAY = 500
_MOST_FIELDS = 100
# Read without http.cookies, which forged cookies can keep busy (docs/security.md, CPython 3.10).
_COOKIE = re.compile(rf"(?:^|;) *((?:__Secure-)?staff)=([A-Za-z0-9_-]{{{TOKEN_LENGTH}}}) *(?=;|$)")
_TOKEN_BYTES = 32
_LOGGER = logging.getLogger(__name__)


def guarded(console: Console, route: Route) -> Callable[..., Awaitable[HTTPResponse]]:
    """The handler of a route, for whoever may ask for it.

    As long as there is no account the console is not there (404). Others go to the sign-in page, or get 403; where the
    store fails, 503.
    """

    async def answer(request: Request, **parts: str) -> HTTPResponse:
        token, path = _token_of(request, console.place), {name: _text_of(part) for name, part in parts.items()}
        visit = Visit(console, route, request, token or _new_token(), None, {}, _query_of(request), path)
        try:
            session = await asyncio.to_thread(console.sessions.find, token, route.by_itself) if token else None
            if session is None and not await asyncio.to_thread(console.accounts.anybody):
                raise NotFound("there is no account yet")
            visit = replace(visit, session=session)
            return await _turned_away(visit) or await _let_in(visit)
        except StoreError:
            _LOGGER.exception("a page of the console cannot be answered")
            return page(visit, "failed", 503)

    return answer


async def _turned_away(visit: Visit) -> Optional[HTTPResponse]:
    """The answer to whoever may not ask for a route, or not from where they do; None where they may."""
    route, session = visit.route, visit.session
    if route.changes and not visit.console.place.is_own_page(visit.request):
        return page(visit, "refused", 403)  # before all else: it is not to end anybody's session by the way
    if route.needs is Needs.NOTHING:
        return None
    if session is None:
        return go_to(visit, f"{SIGN_IN}{_way_back(visit)}")
    if not route.lets_in(session):
        if session.stage is Stage.HALF:
            return go_to(visit, SECOND_FACTOR)
        if route.needs is Needs.PASSWORD:
            return go_to(visit, HOME)
        await asyncio.to_thread(visit.console.audit.note, visit.by, Action.REFUSED, None, route.name)
        return page(visit, "not_allowed", 403)
    if session.stage is Stage.IN and session.account.temporary and not route.before_own_password:
        return go_to(visit, OWN_PASSWORD)
    return None


def _way_back(visit: Visit) -> str:
    """What the sign-in page is told, so that whoever followed a link comes where it led."""
    here = visit.request.path.removeprefix(PREFIX)
    if visit.route.changes or visit.is_part or here in ("", "/"):
        return ""
    question = f"?{visit.request.query_string}" if visit.request.query_string else ""
    return f"?to={quote(f'{here}{question}', safe='/')}"


def way_on(to: str) -> str:
    """The path below the console where somebody wanted to go before they signed in; the first page where it is none.

    Whatever it is, it is below the console, since it is put behind its address.
    """
    return to if to.startswith("/") and to.isprintable() and len(to) <= LONGEST_WAY else HOME


async def _let_in(visit: Visit) -> HTTPResponse:
    """The route's own answer; 403 for a form without its token, 413 or 400 for what is no form of ours."""
    request, route = visit.request, visit.route
    if route.changes:
        if len(request.body) > MOST_BYTES:
            return page(visit, "refused", 413)
        try:
            form = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return page(visit, "refused", 400)
        visit = replace(visit, form=form)
        if not _has_form_token(visit):
            return page(visit, "refused", 403)
    if route.reads is not None:
        await asyncio.to_thread(visit.console.audit.read, visit.by, visit.path[route.reads])
    return await route.answer(visit)


def _has_form_token(visit: Visit) -> bool:
    """Whether the form knows the cookie it came with, or htmx's request does."""
    sent = visit.sent(TOKEN_FIELD) or visit.request.headers.getone(TOKEN_HEADER, "")
    has_cookie = _token_of(visit.request, visit.console.place) is not None
    return has_cookie and hmac.compare_digest(sent.encode(), form_token(visit.token).encode())


def keep(answer: HTTPResponse, visit: Visit, token: str) -> HTTPResponse:
    """Let the browser keep a token until it is closed.

    It is sent for the console alone, and from pages of others only where somebody follows a link (Lax): staff comes
    from mails and chats. Nothing is changed that way, and no form of others comes through (`_let_in`).
    """
    name = _cookie_name(visit.console.place)
    answer.cookies[name] = token
    answer.cookies[name]["path"] = visit.console.place.base
    answer.cookies[name]["httponly"] = True
    answer.cookies[name]["samesite"] = "Lax"
    if visit.console.place.https:
        answer.cookies[name]["secure"] = True
    return answer


def drop(answer: HTTPResponse, visit: Visit) -> HTTPResponse:
    """Let the browser forget it."""
    keep(answer, visit, "")
    answer.cookies[_cookie_name(visit.console.place)]["max-age"] = 0
    return answer


def _cookie_name(place: Place) -> str:
    """Under https no page without it can set a cookie of this name (RFC 6265bis, section 4.1.3.1)."""
    return "__Secure-staff" if place.https else "staff"


def _token_of(request: Request, place: Place) -> Optional[str]:
    """The token in the cookie; None where there is none, or what cannot be one, or more than one."""
    cookies = [cookie for line in request.headers.getall("cookie", []) for cookie in _COOKIE.findall(line)]
    found = [token for name, token in cookies if name == _cookie_name(place)]
    return found[0] if len(found) == 1 else None


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _text_of(part: str) -> str:
    """What a part of a path says, as a database can hold it."""
    return unquote(part).replace("\0", "")


def _query_of(request: Request) -> Mapping[str, Sequence[str]]:
    """What stands in the address behind the question mark; nothing where that cannot be read."""
    try:
        return parse_qs(request.query_string, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
