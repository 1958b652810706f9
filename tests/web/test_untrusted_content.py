"""Whatever is echoed stays text: no markup, no address but https: and tel:, whoever wrote it."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from playwright.async_api import Page, expect

from tests.web.chat import Chat
from tests.web.parts import fact, referral, step
from tests.web.scripted_server import ScriptedServer, choices, message

BAD = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
BAD_ADDRESSES = (
    "javascript:document.title='owned'",
    " javascript:document.title='owned'",
    "java\nscript:document.title='owned'",
    "JAVASCRIPT:document.title='owned'",
    "data:text/html,<script>document.title='owned'</script>",
    "vbscript:msgbox(1)",
    "http://example.jp/",
    "//example.jp/",
    "/sheet/1",
    "tel:119;phone-context=javascript:1",
    "https:javascript:alert(1)",
    "ftp://example.jp/",
)

_BAD_FACTS = (fact(BAD, BAD), fact(BAD, BAD, "https://example.jp/"), fact(BAD, BAD, "tel:119"))
_BAD_STEP = step("first", BAD, BAD, *_BAD_FACTS, short=(fact(BAD, f"short {BAD}"),))
PARTS: Dict[str, Any] = {
    "a choice's label": choices(BAD),
    "every field of a card": {
        **referral(*[{**_BAD_STEP, "when": BAD, "citation": BAD, "role": BAD}] * 7),
        "title": BAD,
        "issue": BAD,
        "closing": [fact(BAD, BAD)],
        "sources": [fact(BAD, BAD)],
        "more": BAD,
        "see_more": BAD,
    },
    "every field of a notice": {"type": "notice", "title": BAD, "lines": [fact(BAD, BAD, "tel:110"), fact(BAD, BAD)]},
    "an unknown part": {"type": BAD, "html": BAD},
}


async def stays_text(chat: Chat, page: Page) -> None:
    await expect(chat.element.get_by_text("onerror").first).to_be_attached()
    assert await chat.element.evaluate("chat => chat.shadowRoot.querySelectorAll('img, script').length") == 0
    assert await page.title() == "見本"


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
async def test_markup_in_a_part_is_shown_as_text(
    chat: Chat, page: Page, scripted: ScriptedServer, part: Dict[str, Any]
) -> None:
    scripted.answer = lambda text: [message("どうぞ。", part, plain=BAD)]
    await chat.say("こんにちは")
    await stays_text(chat, page)


async def test_markup_in_the_bots_sentences_is_shown_as_text(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message(BAD)]
    await chat.say("こんにちは")
    await stays_text(chat, page)


async def test_markup_from_the_owner_is_shown_as_text(chat: Chat, page: Page) -> None:
    await chat.say(BAD)
    await stays_text(chat, page)


async def test_markup_from_the_owner_is_text_after_a_reload_too(chat: Chat, page: Page) -> None:
    await chat.say(BAD)
    await page.reload()
    await stays_text(chat, page)


async def test_markup_in_a_pressed_choice_is_text_where_it_is_marked(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    scripted.answer = lambda text: [message("どれですか。", choices(BAD))]
    await chat.say("こんにちは")
    scripted.answer = lambda text: [message("はい。")]
    await chat.press(BAD)
    await stays_text(chat, page)


async def test_markup_on_paper_is_text(chat: Chat, page: Page) -> None:
    await chat.say(BAD)
    await page.evaluate("window.print = () => {}")
    await chat.tool("印刷")
    printed = page.locator("[data-kakaritsuke-print]")
    assert await printed.evaluate("sheet => sheet.shadowRoot.querySelectorAll('img, script').length") == 0


async def test_markup_in_an_attribute_is_shown_as_text(page: Page, scripted: ScriptedServer) -> None:
    bad = BAD.replace('"', "&quot;").replace("<", "&lt;")
    texts = ("heading", "greeting", "launcher", "contact", "retention")
    scripted.script = " ".join(f'data-{name}="{bad}"' for name in texts)
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.click()
    await stays_text(chat, page)


@pytest.mark.parametrize("address", BAD_ADDRESSES)
async def test_an_address_that_is_neither_https_nor_tel_is_no_link(
    chat: Chat, scripted: ScriptedServer, address: str
) -> None:
    part = referral(step("first", "まず", "窓口", fact("公式ページ", "ここ", address)))
    scripted.answer = lambda text: [message(f"どうぞ。{address}", part)]
    await chat.say("こんにちは")
    await expect(chat.element.get_by_text("ここ").first).to_be_visible()
    assert await chat.record.locator("a").count() == 0


async def test_a_page_without_encryption_is_named_and_not_linked(chat: Chat, scripted: ScriptedServer) -> None:
    part = referral(step("first", "まず", "窓口", fact("公式ページ", "県の連合会", "http://example.jp/")))
    scripted.answer = lambda text: [message("どうぞ。", part)]
    await chat.say("こんにちは")
    await expect(chat.element.get_by_text("県の連合会（http://example.jp/）")).to_be_visible()


async def test_a_link_opens_apart_and_tells_the_page_nothing(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("くわしくは https://example.jp/a?b=1 をご覧ください。")]
    await chat.say("こんにちは")
    link = chat.record.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://example.jp/a?b=1")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize(
    "part",
    [
        {"type": "choices"},
        {"type": "choices", "choices": [None, 3, {}]},
        {"type": "referral", "title": 5, "steps": [{"facts": "x"}, {}, {"short": 3, "facts": [None]}], "sources": 3},
        {"type": "notice", "title": None, "lines": [None]},
        {"type": "constructor"},
        [],
        "choices",
    ],
)
async def test_a_misshapen_part_leaves_the_sentences_readable(chat: Chat, scripted: ScriptedServer, part: Any) -> None:
    scripted.answer = lambda text: [message("読めますか。", part), message("はい。")]
    await chat.say("こんにちは")
    await expect(chat.log).to_contain_text("読めますか。")
    await expect(chat.log).to_contain_text("はい。")
