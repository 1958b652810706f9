"""The pages of the consultation sheet: edit, preview, make, print, delete. Whoever has the address has the sheet."""

from __future__ import annotations

import asyncio
import hmac
import logging
from datetime import datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, Mapping
from urllib.parse import parse_qs, urlsplit

import segno
from itsdangerous import BadSignature
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.days import written
from bot.operator.address import public_url
from bot.operator.desk import desk
from bot.operator.signing import signer
from bot.sheets.form import FACTS, ROOMS, edited
from bot.sheets.links import PATH, ExpiredAddressError, UnknownAddressError, sheet_id_in
from bot.sheets.shape import JAPAN, MOST_QUESTIONS, QUESTION, Sheet
from bot.store import StoredSheet, StoreError, sheets

_LOGGER = logging.getLogger(__name__)
_HERE = Path(__file__).parent
_STATIC = {
    "icon.svg": "image/svg+xml",
    "sheet.css": "text/css; charset=utf-8",
    "sheet.js": "text/javascript; charset=utf-8",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MOST_BYTES = 32_000
_MOST_FIELDS = 100
_FORM_OPEN_FOR_S = 86_400
_REMOVE_EXPIRED_EVERY_S = 3600.0

Opened = Callable[[Request, StoredSheet], Awaitable[HTTPResponse]]
Handler = Callable[[Request, str], Awaitable[HTTPResponse]]


def sheet_pages() -> Blueprint:
    """The pages below /sheet/, and what removes sheets whose time is over while the server runs."""
    pages = Blueprint("sheets", url_prefix=PATH)
    pages.add_route(_static, "/static/<file:str>", name="static")
    pages.add_route(_opening(_show), "/<name:str>", name="show")
    pages.add_route(_opening(_edit), "/<name:str>/edit", name="edit")
    pages.add_route(_opening(_preview), "/<name:str>/preview", name="preview")
    pages.add_route(_opening(_confirm), "/<name:str>/delete", name="confirm")
    pages.add_route(_opening(_posting(_save)), "/<name:str>/edit", methods=["POST"], name="save")
    pages.add_route(_opening(_posting(_make)), "/<name:str>/make", methods=["POST"], name="make")
    pages.add_route(_opening(_posting(_delete)), "/<name:str>/delete", methods=["POST"], name="delete")
    pages.after_server_start(_begin_removing)
    return pages


def _opening(handler: Opened) -> Handler:
    """The handler with the sheet that the address names; 404 for no address of ours, 410 for one that is over."""

    @wraps(handler)
    async def answer(request: Request, name: str) -> HTTPResponse:
        try:
            there = await asyncio.to_thread(sheets().get, sheet_id_in(name))
            if there is None:
                return _page("gone", 410)
            request.ctx.sheet_name = name
            return await handler(request, there)
        except UnknownAddressError:
            return _page("not_found", 404)
        except ExpiredAddressError:
            return _page("gone", 410)
        except StoreError:
            _LOGGER.exception("a consultation sheet cannot be opened")
            return _page("failed", 503)

    return answer


def _posting(handler: Opened) -> Opened:
    """The handler for a form that our own page sent for this sheet; 403 for any other, 413 for one too large."""

    @wraps(handler)
    async def answer(request: Request, there: StoredSheet) -> HTTPResponse:
        if len(request.body) > _MOST_BYTES:
            return _page("refused", 413)
        try:
            request.ctx.form = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return _page("refused", 400)
        token = request.ctx.form.get("token", [""])[0]
        if request.headers.get("origin") != _origin() or not _is_for(token, there.id):
            return _page("refused", 403)
        return await handler(request, there)

    return answer


async def _show(request: Request, there: StoredSheet) -> HTTPResponse:
    if there.made is None:
        return response.redirect(_links(request)["edit"], headers=_headers(), status=303)
    return _page("sheet", 200, sheet=there.made, unfinished=there.draft is not None, **_frame(request, there))


async def _edit(request: Request, there: StoredSheet) -> HTTPResponse:
    return _edit_page(request, there, there.to_edit, {}, 200)


async def _save(request: Request, there: StoredSheet) -> HTTPResponse:
    written = edited(there.to_edit, request.ctx.form)
    if written.problems:
        return _edit_page(request, there, written.sheet, written.problems, 422)
    if not await asyncio.to_thread(sheets().edit, there.id, written.sheet):
        return _page("gone", 410)
    return response.redirect(_links(request)["preview"], headers=_headers(), status=303)


async def _preview(request: Request, there: StoredSheet) -> HTTPResponse:
    return _page("preview", 200, sheet=there.to_edit, form_token=_token(there.id), **_frame(request, there))


async def _make(request: Request, there: StoredSheet) -> HTTPResponse:
    if not await asyncio.to_thread(sheets().make, there.id, desk().sheet_days):
        return _page("gone", 410)
    return response.redirect(_links(request)["sheet"], headers=_headers(), status=303)


async def _confirm(request: Request, there: StoredSheet) -> HTTPResponse:
    return _page("delete", 200, form_token=_token(there.id), **_frame(request, there))


async def _delete(request: Request, there: StoredSheet) -> HTTPResponse:
    await asyncio.to_thread(sheets().delete, there.id)
    return _page("deleted", 200)


def _edit_page(
    request: Request, there: StoredSheet, sheet: Sheet, problems: Mapping[str, str], status: int
) -> HTTPResponse:
    questions = [*sheet.questions, *[""] * (MOST_QUESTIONS - len(sheet.questions))]
    return _page(
        "edit",
        status,
        sheet=sheet,
        problems=problems,
        questions=questions,
        rooms={**ROOMS, "question": QUESTION},
        facts=FACTS,
        form_token=_token(there.id),
        **_frame(request, there),
    )


async def _static(request: Request, file: str) -> HTTPResponse:
    """A style sheet or script of the pages; both are ours and small."""
    if file not in _STATIC:
        return _page("not_found", 404)
    content = await asyncio.to_thread((_HERE / "static" / file).read_bytes)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return response.raw(content, headers=headers, content_type=_STATIC[file])


def _frame(request: Request, there: StoredSheet) -> Dict[str, Any]:
    """What every page of a sheet shows beside its content."""
    address = f"{public_url()}{PATH}/{request.ctx.sheet_name}"
    return {
        "links": _links(request),
        "address": address,
        "qr": _qr(address),
        "expires": datetime.fromtimestamp(there.expires_at, JAPAN),
        "made": there.made is not None,
        "days": desk().sheet_days,
    }


def _links(request: Request) -> Dict[str, str]:
    """Where the pages of the sheet are, without the host, so that they work under any name of it."""
    here = f"{_base()}/{request.ctx.sheet_name}"
    return {"sheet": here, **{page: f"{here}/{page}" for page in ("edit", "preview", "make", "delete")}}


def _base() -> str:
    return f"{urlsplit(public_url()).path}{PATH}"


def _origin() -> str:
    parts = urlsplit(public_url())
    return f"{parts.scheme}://{parts.netloc}"


def _qr(address: str) -> Markup:
    """The address as a QR code: inline SVG without a style, black on whatever lies below."""
    return Markup(segno.make_qr(address, error="m").svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))


def _token(sheet_id: str) -> str:
    return str(signer("sheet form").dumps(sheet_id))


def _is_for(token: str, sheet_id: str) -> bool:
    """Whether a form's token was signed for this sheet, not more than a day ago."""
    try:
        return hmac.compare_digest(str(signer("sheet form").loads(token, max_age=_FORM_OPEN_FOR_S)), sheet_id)
    except BadSignature:
        return False


def _headers(with_form: bool = False) -> Dict[str, str]:
    """A page with a form tells its own server where it was sent from; under no-referrer its Origin would be null."""
    return {**_HEADERS, "Referrer-Policy": "same-origin" if with_form else "no-referrer"}


def _page(template: str, status: int, **context: Any) -> HTTPResponse:
    html = _templates().get_template(f"{template}.html").render(base=_base(), **context)
    return response.html(html, status=status, headers=_headers("form_token" in context))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["written"] = written
    return templates


async def _begin_removing(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
    app.add_task(_remove_expired())


async def _remove_expired() -> None:
    while True:
        try:
            await asyncio.to_thread(sheets().remove_expired)
        except StoreError:
            _LOGGER.exception("sheets whose time is over cannot be removed; trying again in an hour")
        await asyncio.sleep(_REMOVE_EXPIRED_EVERY_S)
