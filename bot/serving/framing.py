"""Refuses requests whose length is in doubt, before Sanic's parser acts on them.

Sanic 21.12 takes a Content-Length for whatever `int` does: at -1 it waits for ever for what it has already, with the
processor at its limit and no signal heard; +3 and 5 in another script's digits are lengths; it looks at the first of
two; and at a Transfer-Encoding only where it is "chunked" letter for letter, whose sizes it reads as loosely. What a
proxy in front reads otherwise is a second request that nobody let in. RFC 9112, sections 2.2, 5.1, 6.1 and 6.3.
"""

from __future__ import annotations

import re

from sanic import Sanic

# Sanic asks within the parsing of the head, where whatever is raised is answered 400 and closes the connection.
_HEAD_IS_READ = "http.lifecycle.read_head"
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_LENGTH = re.compile(rb"[0-9]{1,15}")


class IllFormedError(ValueError):
    """The head of a request leaves open where the request ends; the message says why."""


def refuse_ill_formed_requests(app: Sanic) -> None:
    """Answer with 400 and hang up where `check_head` complains."""

    @app.signal(_HEAD_IS_READ)
    async def check(head: bytes) -> None:
        check_head(head)


def check_head(head: bytes) -> None:
    """Raises IllFormedError for the head of a request, without the empty line after it, whose end is in doubt.

    Any Transfer-Encoding is refused: who writes to the bot knows beforehand how much it will be. So
    is a websocket: no channel speaks one, and Sanic leaves whoever asks for one without any limit of time.
    """
    lengths = 0
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            raise IllFormedError("a header has no name of letters right before its colon")
        if not _VALUE.fullmatch(value):
            raise IllFormedError("a header has a control character")
        name, value = name.lower(), value.strip(b" \t")
        if name == b"transfer-encoding":
            raise IllFormedError("Transfer-Encoding is not taken")
        if name == b"upgrade" and value.lower() == b"websocket":
            raise IllFormedError("websockets are not spoken")
        if name == b"content-length":
            lengths += 1
            if lengths > 1 or not _LENGTH.fullmatch(value):
                raise IllFormedError("Content-Length is not one number")
