"""How the console's pages are made: templates with everything escaped, and headers that keep browsers from harm."""

from __future__ import annotations

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import response
from sanic.response import HTTPResponse

from bot.console.times import in_japan, minute, moment
from bot.console.visit import Visit, form_token
from bot.days import written

_HERE = Path(__file__).parent
_STATIC = {
    "console.css": "text/css; charset=utf-8",
    "figures.css": "text/css; charset=utf-8",
    "try.css": "text/css; charset=utf-8",
    "answers.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # under no-referrer a form's Origin would be null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page(visit: Visit, template: str, status: int = 200, **context: Any) -> HTTPResponse:
    """The page of a template, for whoever asks."""
    html = _templates().get_template(f"{template}.html").render(**_frame(visit), **context)
    return response.html(html, status=status, headers=dict(_HEADERS))


def download(content: bytes, name: str, content_type: str) -> HTTPResponse:
    """A file to be saved under a name (in ASCII)."""
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return response.raw(content, headers=headers, content_type=content_type)


def words_of(template: str) -> Any:
    """The lists of Japanese words that a template sets, for what is no page."""
    return _templates().get_template(f"{template}.html").module


def too_many(visit: Visit, wait_s: int) -> HTTPResponse:
    """They tried too often."""
    answer = page(visit, "too_many", 429)
    answer.headers["Retry-After"] = str(wait_s)
    return answer


def go_to(visit: Visit, path: str) -> HTTPResponse:
    """On to another page of the console, also where htmx asked for a part of this one."""
    address = f"{visit.console.place.base}{path}"
    if visit.is_part:
        return HTTPResponse("", 401, {**_HEADERS, "HX-Redirect": address})
    return response.redirect(address, headers=dict(_HEADERS), status=303)


async def static(visit: Visit) -> HTTPResponse:
    """A style sheet, script or picture of the pages."""
    name = visit.path["file"]
    if name not in _STATIC:
        return page(visit, "not_found", 404)
    content = await asyncio.to_thread((_HERE / "static" / name).read_bytes)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "ETag": etag}
    if visit.request.headers.getone("if-none-match", "") == etag:
        return HTTPResponse(None, 304, headers)
    return response.raw(content, headers=headers, content_type=_STATIC[name])


def in_path(name: object) -> str:
    """A name as one part of an address."""
    return quote(str(name), safe="")


def _frame(visit: Visit) -> Dict[str, Any]:
    """What every page has beside its content."""
    me = visit.session.account if visit.session is not None else None
    return {
        "base": visit.console.place.base,
        "me": me,
        "menu": visit.menu,
        "here": visit.route.name,
        "form_token": form_token(visit.token),
        "said": visit.asked("said"),
        "way_to": visit.way_to,
    }


@lru_cache(maxsize=1)
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["moment"] = moment
    templates.filters["date"] = written
    templates.filters["minute"] = minute
    templates.filters["day"] = lambda at: written(in_japan(at).date())
    templates.filters["in_path"] = in_path
    templates.filters["iso"] = lambda at: in_japan(at).isoformat(timespec="seconds")
    return templates
