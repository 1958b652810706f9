"""Every change to Sanic's own behaviour: what, why, and what it brings; each has a test that fails without it."""

from __future__ import annotations

from httptools import HttpParserInvalidURLError
from sanic.http import Http


def apply() -> None:
    """Make all changes. Doing it twice changes nothing more."""
    _answer_requests_for_no_address()


def _answer_requests_for_no_address() -> None:
    """A request whose path is not written in ASCII, or is no address at all, is answered with 400.

    Sanic 21.12 makes an empty request to answer an ill-formed one with, and gives it the same address again: the second
    failure ends the connection without an answer and fills the log with two tracebacks a request.
    """
    create = Http.create_empty_request

    def create_with_any_address(self: Http) -> None:
        try:
            create(self)
        except (UnicodeEncodeError, HttpParserInvalidURLError):
            self.url = None
            create(self)

    if create.__name__ != create_with_any_address.__name__:
        Http.create_empty_request = create_with_any_address
