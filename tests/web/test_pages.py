"""The files for browsers: served under their own address, packed, marked, and with headers that fit what they are."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path
from typing import Any, AsyncIterator

import aiohttp
import pytest
import yaml
from sanic import Sanic
from yarl import URL

from bot.messages import Choice
from bot.serving.at_hand import at_hand
from bot.web import pages, widget
from bot.web.answers import answer_errors_shortly, keep_answers_safe
from bot.web.pages import WIDGET, serve_pages, widget_at
from bot.web.widget import WORDS, AtHand, WidgetWordsError, script

SCRIPT = b"a_widget(for_this_test);\n" * 50
AT_HAND = AtHand(at_any_time=(Choice("talk.person", "人に相談する"),), topics=())


class Site:
    """A server of its own for these files."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address

    async def answer(self, method: str, path: str, **headers: str) -> Any:
        """Status, headers and body, as they come over the wire."""
        headers = {"Accept-Encoding": "identity", **headers}
        async with aiohttp.ClientSession(auto_decompress=False) as browser:
            got = await browser.request(method, URL(self.address + path, encoded=True), headers=headers)
            return got.status, got.headers, await got.read()


# One for all: Sanic starts one application a process.
@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    for name, content in {
        "static/kakaritsuke.js": SCRIPT,
        "static/notes.txt": b"not to be served",
        "web.yml": b"{}",
        "example/index.html": b"<!doctype html><style>p{}</style><p>example</p>",
        "example/look/page.css": b"p{}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    app = Sanic("pages", configure_logging=False)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "WIDGET", folder / "static" / "kakaritsuke.js")
        patched.setattr(widget, "WORDS", folder / "web.yml")
        patched.setattr(pages, "EXAMPLE", folder / "example")
        serve_pages(app, widget_at(AT_HAND))
    keep_answers_safe(app, https=True)
    answer_errors_shortly(app)

    @app.get("/breaks")
    async def breaks(request: Any) -> None:
        raise RuntimeError(request.args["said"])

    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=bound, return_asyncio_server=True)
    await server.startup()
    yield Site(folder, f"http://127.0.0.1:{bound.getsockname()[1]}")
    server.close()
    del Sanic._app_registry["pages"]


async def test_the_widget_is_for_any_page(site: Site) -> None:
    status, headers, body = await site.answer("GET", "/widget/kakaritsuke.js")
    assert (status, body) == (200, SCRIPT)
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def the_widget(words: Path = WORDS) -> bytes:
    return script(WIDGET.read_text(encoding="utf-8"), words, at_hand())


def test_what_is_sent_of_the_widget_has_its_licence_and_no_lines_of_comment() -> None:
    lines = the_widget().decode().splitlines()
    assert "Licence: Apache-2.0" in "".join(lines[:4])
    assert [line for line in lines[4:] if line.startswith(("//", "/*", " "))] == []


def test_the_widget_is_at_most_27_kilobytes_packed() -> None:
    assert len(gzip.compress(the_widget(), 9)) <= 27_000


def test_the_examples_are_of_what_can_be_asked_about() -> None:
    examples = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["examples"]
    assert {*examples} <= {topic.id for topic in at_hand().topics}


@pytest.mark.parametrize("text", ["[", "- 送る", "send: 送る", "ÿ"], ids=["no YAML", "a list", "one word", "no text"])
def test_a_widget_that_lacks_a_word_is_not_served(tmp_path: Path, text: str) -> None:
    words = tmp_path / "web.yml"
    words.write_bytes(text.encode("latin-1") if text == "ÿ" else text.encode())
    with pytest.raises(WidgetWordsError, match="web.yml: "):
        the_widget(words)


async def test_a_browser_that_can_unpack_gets_it_packed(site: Site) -> None:
    _, headers, body = await site.answer("GET", "/widget/kakaritsuke.js", **{"Accept-Encoding": "br, gzip"})
    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(body) == SCRIPT
    assert len(body) < len(SCRIPT)


async def test_a_browser_that_has_it_does_not_get_it_again(site: Site) -> None:
    _, headers, _ = await site.answer("GET", "/widget/kakaritsuke.js")
    status, _, body = await site.answer("GET", "/widget/kakaritsuke.js", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    status, _, _ = await site.answer("GET", "/widget/kakaritsuke.js", **{"If-None-Match": '"another"'})
    assert status == 200


async def test_a_file_that_has_changed_has_another_mark(site: Site) -> None:
    _, before, _ = await site.answer("GET", "/widget/kakaritsuke.js")
    (site.folder / "static" / "kakaritsuke.js").write_bytes(b"another();")
    _, after, body = await site.answer("GET", "/widget/kakaritsuke.js")
    (site.folder / "static" / "kakaritsuke.js").write_bytes(SCRIPT)
    assert body == b"another();"
    assert before["ETag"] != after["ETag"]


async def test_the_example_stands_at_the_root_with_a_strict_policy(site: Site) -> None:
    status, headers, body = await site.answer("GET", "/")
    assert (status, body[-14:]) == (200, b"<p>example</p>")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_files_of_the_example_lie_below_it(site: Site) -> None:
    status, headers, body = await site.answer("GET", "/example/look/page.css")
    assert (status, headers["Content-Type"], body) == (200, "text/css; charset=utf-8", b"p{}")


@pytest.mark.parametrize(
    "path", ["/widget/", "/widget/notes.txt", "/example/index.html", "/widget/../pages.py", "/up.html"]
)
async def test_nothing_else_is_served(site: Site, path: str) -> None:
    status, headers, body = await site.answer("GET", path)
    assert (status, body) == (404, b'{"error": "not_found"}')
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_a_check_that_asks_for_the_head_gets_no_body(site: Site) -> None:
    status, _, body = await site.answer("HEAD", "/")
    assert (status, body) == (200, b"")


async def test_what_breaks_tells_nothing_of_itself(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    status, headers, body = await site.answer("GET", "/breaks?said=geheim")
    assert (status, body) == (500, b'{"error": "error"}')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "RuntimeError" in caplog.text
    assert "geheim" not in caplog.text
