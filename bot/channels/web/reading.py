"""What a page sends, read without trust: a small JSON body, an owner's message, a place in a transcript."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, Optional

from sanic.exceptions import PayloadTooLarge
from sanic.request import Request

MOST_BYTES = 8 * 1024
LONGEST_TEXT = 1000
_THROWN_AWAY_BYTES = 2 * 1024 * 1024
_READ_WITHIN_S = 10.0
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHOICE_ID = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_SEQ = re.compile(r"[0-9]{1,9}")
_LINE_ENDS = re.compile(r"\r\n?")


class RefusalError(Exception):
    """A request is refused with an HTTP status and a code; `retry_after_s` says when it may come again."""

    def __init__(self, status: int, code: str, retry_after_s: Optional[int] = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Sent:
    """A message as a page sends it: its id there, and either text or the id of the choice that was pressed."""

    client_id: str
    text: Optional[str] = None
    choice: Optional[str] = None


async def json_object(request: Request) -> Dict[str, Any]:
    """The body of a streaming route. Raises RefusalError; of a body that is too large, no more than 8 KiB is kept."""
    content_type = request.headers.getone("content-type", "").split(";")[0].strip().lower()
    if content_type != "application/json":
        raise RefusalError(415, "content_type")
    request.stream.request_max_size = MOST_BYTES
    try:
        await asyncio.wait_for(request.receive_body(), _READ_WITHIN_S)
        body = json.loads(request.body.decode("utf-8"), parse_constant=_no_constant)
    except PayloadTooLarge:
        request.stream.request_max_size = _THROWN_AWAY_BYTES  # whoever is still sending gets to read the answer
        raise RefusalError(413, "too_large") from None
    except asyncio.TimeoutError:
        raise RefusalError(408, "body") from None
    except (ValueError, RecursionError):
        raise RefusalError(400, "body") from None
    if not isinstance(body, dict):
        raise RefusalError(400, "body")
    return body


def sent(body: Dict[str, Any]) -> Sent:
    """The message in a body. Raises RefusalError."""
    if set(body) not in ({"id", "text"}, {"id", "choice"}):
        raise RefusalError(400, "body")
    values = tuple(body.values())
    if not all(isinstance(value, str) and _is_unicode(value) for value in values):
        raise RefusalError(400, "body")
    if not _CLIENT_ID.fullmatch(body["id"]):
        raise RefusalError(400, "body")
    if "choice" in body:
        if not _CHOICE_ID.fullmatch(body["choice"]):
            raise RefusalError(422, "choice")
        return Sent(body["id"], choice=body["choice"])
    text = _only_text(body["text"])
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise RefusalError(422, "text_length")
    return Sent(body["id"], text=text)


def seq(text: Optional[str], default: int) -> int:
    """A place in a transcript, as a page names it. Raises RefusalError."""
    if text is None:
        return default
    if not _SEQ.fullmatch(text):
        raise RefusalError(400, "body")
    return int(text)


def _only_text(text: str) -> str:
    """An owner's words as they are, less what no keyboard types: lines end in one way, control characters go."""
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(mark for mark in lines if mark == "\n" or unicodedata.category(mark) != "Cc").strip()


def _is_unicode(text: str) -> bool:
    """Whether it can be written as UTF-8: JSON can escape one half of a character."""
    return not any("\ud800" <= mark <= "\udfff" for mark in text)


def _no_constant(name: str) -> None:
    raise ValueError(name)
