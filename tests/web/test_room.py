"""Room to read: half of a small panel is conversation, nothing lies on words or on what the page lets one press."""

from __future__ import annotations

from typing import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.web.chat import Chat
from tests.web.parts import LONG_ROAD
from tests.web.scripted_server import ScriptedServer, message

_OVERLAP = """chat => {
  const box = (e) => e.getBoundingClientRect();
  const launcher = box(chat.shadowRoot.querySelector(".launcher"));
  return [...document.querySelectorAll("a, button, input")].filter((e) => {
    const b = box(e);
    return b.left < launcher.right && b.right > launcher.left && b.top < launcher.bottom && b.bottom > launcher.top;
  }).map((e) => e.textContent);
}"""
_STEPPED_ASIDE = "chat => chat.shadowRoot.querySelector('.root').dataset.aside"
_CUT = """chat => [...chat.shadowRoot.querySelectorAll("header, form, .record, button, h2")]
  .filter((e) => e.offsetParent !== null && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture
async def small(browser: Browser, scripted: ScriptedServer, height: int) -> AsyncIterator[Chat]:
    """A page 320 wide, as a phone with its keyboard up (360) or as a desk at 400 % (256) has it."""
    context = await browser.new_context(viewport={"width": 320, "height": height}, locale="ja-JP")
    page = await context.new_page()
    scripted.script = 'data-heading="みどり野 経営相談の窓口"'
    await page.goto(scripted.address)
    yield await Chat(page).begin()
    await context.close()


@pytest.mark.parametrize("height", [360, 256])
async def test_at_least_half_of_a_low_panel_is_conversation(small: Chat, height: int) -> None:
    await expect(small.element.locator("[data-low]")).to_be_attached()
    record = await small.record.bounding_box()
    assert record is not None and record["height"] >= height / 2


@pytest.mark.parametrize("height", [360])
async def test_what_can_be_pressed_at_any_time_lies_at_the_end_of_a_low_conversation(small: Chat, height: int) -> None:
    await small.record.evaluate("record => { record.scrollTop = record.scrollHeight; }")
    for name in ("人に相談する", "つらいとき", "相談の例"):
        await expect(small.button(name)).to_be_in_viewport(ratio=1)


async def test_it_goes_back_below_the_conversation_when_the_keyboard_goes(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    beside = chat.element.locator("form .beside")
    await page.set_viewport_size({"width": 320, "height": 360})
    await expect(beside).to_have_count(0)
    await page.set_viewport_size({"width": 320, "height": 640})
    await expect(beside).to_have_count(1)


async def test_the_way_on_lies_below_the_words_and_on_none(phone: BrowserContext, scripted: ScriptedServer) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    scripted.answer = lambda text: [message("どうぞ。", LONG_ROAD)]
    chat = await Chat(page).begin()
    await chat.press("商標のこと")
    on = chat.button("つづきを見る")
    await expect(on).to_be_visible()
    record, strip = await chat.record.bounding_box(), await on.bounding_box()
    assert record is not None and strip is not None and strip["y"] >= record["y"] + record["height"] - 1


@pytest.mark.parametrize("letters", [(), ("文字を大きく",), ("文字を大きく", "もっと大きく")])
async def test_letters_of_any_size_leave_nothing_cut_at_320(
    phone: BrowserContext, scripted: ScriptedServer, letters: "tuple[str, ...]"
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    for name in letters:
        await chat.tool(name)
    assert await chat.element.evaluate(_CUT) == []
    room, words = await chat.field.evaluate(
        """field => {
          const style = getComputedStyle(field);
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = `${style.fontSize} ${style.fontFamily}`;
          const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
          return [room, pen.measureText(field.placeholder).width];
        }"""
    )
    assert words <= room


async def test_the_launcher_lies_on_nothing_that_the_page_lets_one_press(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    scripted.body = (
        "<nav><button>申し込む</button><button>電話する</button></nav>"
        '<p class="long"></p><a href="#x">終わりのリンク</a>'
    )
    await page.goto(scripted.address)
    chat = Chat(page)
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`nav { position: fixed; bottom: 0; left: 0; right: 0; display: flex; }
            nav button { flex: 1; height: 48px; } .long { height: 1500px; }`);
          document.adoptedStyleSheets = [sheet];
          dispatchEvent(new Event("resize"));
        }"""
    )
    await expect(chat.element.locator("[data-aside=up]")).to_be_attached()
    assert await chat.element.evaluate(_OVERLAP) == []


async def test_at_the_end_of_the_page_there_is_room_for_the_launcher(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    scripted.body = "".join(f'<p><a href="#{n}">{n}番目のリンクです。とても長い名前です。</a></p>' for n in range(40))
    await page.goto(scripted.address)
    chat = Chat(page)
    await expect(chat.element.locator("[data-room]")).to_be_attached()
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(chat.element.locator("[data-aside]")).to_have_count(0)
    assert await chat.element.evaluate(_OVERLAP) == []


async def test_the_launcher_is_out_of_use_behind_an_open_chat(phone: BrowserContext, scripted: ScriptedServer) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    assert await chat.launcher.evaluate("button => button.inert")
    await chat.button("閉じる").click()
    assert not await chat.launcher.evaluate("button => button.inert")
