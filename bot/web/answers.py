"""What every answer of the server has in common: headers that keep browsers from harm, errors that tell no secrets."""

from __future__ import annotations

import json
import logging
import traceback

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

_CODES = {
    400: "body",
    404: "not_found",
    405: "method",
    408: "body",
    413: "too_large",
    417: "body",
    503: "busy",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTTPS_ONLY = "max-age=31536000"
_LOGGER = logging.getLogger(__name__)


def keep_answers_safe(app: Sanic, https: bool) -> None:
    """Add the headers that a route has not set otherwise; `https`: owners reach the bot that way alone."""

    @app.on_response
    async def add_headers(request: Request, response: HTTPResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)


def answer_errors_shortly(app: Sanic) -> None:
    """What goes wrong is answered with a code alone, {"error": code}; what is our fault goes into the log."""

    @app.exception(Exception)
    async def answer(request: Request, error: Exception) -> HTTPResponse:
        status = _status(request, error)
        if status == 500:
            where = "".join(traceback.format_tb(error.__traceback__))
            _LOGGER.error("a request to %s failed with %s:\n%s", request.path, type(error).__name__, where)
        body = json.dumps({"error": _CODES.get(status, "error")}).encode()
        headers = {"Cache-Control": "no-store", **(getattr(error, "headers", None) or {})}
        return HTTPResponse(body, status, headers, "application/json")


def _status(request: Request, error: Exception) -> int:
    if isinstance(error, SanicException):
        return int(getattr(error, "status_code", 500))
    never_got_to_a_route = request.route is None
    return 400 if never_got_to_a_route else 500
