"""The files that browsers load: the widget's script for any page, and the example page of a fictional chamber."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Callable, Dict, Mapping

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.web import widget
from bot.web.widget import AtHand

_HERE = Path(__file__).parent
WIDGET = _HERE / "static" / "kakaritsuke.js"
EXAMPLE = _HERE / "example"
AWAY = _HERE / "away" / "index.html"

_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_PACKED = (".css", ".html", ".js", ".json", ".svg")
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_FOR_ANY_PAGE = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
}
_FOR_OUR_PAGES = {"Cache-Control": "no-cache"}
_TRY_AGAIN_S = 30
_INLINE_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class File:
    """A file as it goes over the wire, as it is and packed with gzip (where that pays), and a mark of its content."""

    content: bytes
    packed: bytes
    etag: str


def serve_pages(app: Sanic, at_this_desk: Callable[[], File]) -> None:
    """Serve the widget, and every file that lies in the folder of the example now, under its own address and no other.

    / is the example page, with its files under /example/….
    """
    _serve(app, f"/widget/{WIDGET.name}", WIDGET.suffix, at_this_desk, _FOR_ANY_PAGE)
    for name, path in _files(EXAMPLE).items():
        address = "/" if name == "index.html" else f"/example/{name}"
        _serve(app, address, path.suffix, partial(_file_at, path), _FOR_OUR_PAGES)


def widget_at(at_hand: AtHand) -> Callable[[], File]:
    """How to get the widget as this desk has it now. Raises WidgetWordsError where it lacks a word."""
    code, words = WIDGET, widget.WORDS

    @lru_cache(maxsize=1)
    def made(code_changed_ns: int, words_changed_ns: int) -> File:
        return _packed(widget.script(code.read_text(encoding="utf-8"), words, at_hand))

    def now() -> File:
        return made(_changed_ns(code), _changed_ns(words))

    now()  # where a word is missing, the bot does not start
    return now


def away(request: Request) -> HTTPResponse:
    """What an owner sees in the place of a page while the bot cannot answer."""
    answer = _answer(
        request, _file_at(AWAY), AWAY.suffix, {"Cache-Control": "no-store", "Retry-After": str(_TRY_AGAIN_S)}
    )
    answer.status = 503
    return answer


def _files(folder: Path) -> Dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _CONTENT_TYPES
    }


def _serve(app: Sanic, address: str, kind: str, file: Callable[[], File], headers: Mapping[str, str]) -> None:
    async def send(request: Request) -> HTTPResponse:
        return _answer(request, file(), kind, headers)

    app.add_route(send, address, methods=["GET", "HEAD"], name=f"file{address.replace('/', '_')}")


def _answer(request: Request, file: File, kind: str, more: Mapping[str, str]) -> HTTPResponse:
    packs = kind in _PACKED and "gzip" in request.headers.getone("accept-encoding", "").lower()
    etag = f'"{file.etag}{"-gzip" if packs else ""}"'
    headers = {**more, "ETag": etag, "Vary": "Accept-Encoding"}
    if kind == ".html":
        headers["Content-Security-Policy"] = _PAGE.format(styles=_styles_of(file.content))
    if etag in request.headers.getone("if-none-match", "").replace("W/", ""):
        return HTTPResponse(None, 304, headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    content = file.packed if packs else file.content
    return HTTPResponse(content, 200, headers, _CONTENT_TYPES[kind])


def _file_at(path: Path) -> File:
    """The file as it is now; it is read anew when it has changed."""
    return _read(path, _changed_ns(path))


def _changed_ns(path: Path) -> int:
    return path.stat().st_mtime_ns


@lru_cache(maxsize=256)
def _read(path: Path, changed_ns: int) -> File:
    return _packed(path.read_bytes())


def _packed(content: bytes) -> File:
    return File(content, gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:32])


def _styles_of(page: bytes) -> str:
    """A page's own inline styles, each named by its hash: no other gets in."""
    hashes = (hashlib.sha256(style).digest() for style in _INLINE_STYLE.findall(page))
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
