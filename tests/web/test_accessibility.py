"""Everybody can use the chat: keyboard alone, a screen reader, large letters, a small screen (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.web.chat import Chat
from tests.web.conftest import RealBot
from tests.web.parts import HELP, LONG_ROAD, ROAD
from tests.web.scripted_server import ScriptedServer, message


async def serious_findings(page: Page) -> "list[str]":
    findings = (await Axe().run(page)).response["violations"]
    return [
        f"{finding['id']}: {node['html'][:120]}"
        for finding in findings
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.fixture
async def talked(chat: Chat, scripted: ScriptedServer) -> Chat:
    """A conversation with used choices, a card with its road, help lines, and choices in use."""
    parts = {"商標のこと": LONG_ROAD, "つらい": HELP}
    scripted.answer = lambda text: [message(f"{text}ですね。", parts.get(text)), scripted.greeting[1]]
    await chat.press("商標のこと")
    for summary in await chat.element.locator("summary").all():
        await summary.evaluate("summary => { summary.parentNode.open = true; }")
    await chat.say("つらい")
    return chat


async def test_axe_finds_nothing_serious_in_a_conversation_with_cards(talked: Chat, page: Page) -> None:
    assert await serious_findings(page) == []


async def test_axe_finds_nothing_serious_in_the_largest_letters(talked: Chat, page: Page) -> None:
    await talked.tool("文字を大きく")
    await talked.tool("もっと大きく")
    assert await serious_findings(page) == []


async def test_axe_finds_nothing_serious_on_a_phone(phone: BrowserContext, scripted: ScriptedServer) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await (await Chat(page).begin()).press("商標のこと")
    assert await serious_findings(page) == []


async def test_axe_finds_nothing_serious_in_the_notice(page: Page, scripted: ScriptedServer) -> None:
    scripted.script = 'data-contact="経営支援課" data-contact-link="tel:0000000" data-privacy="https://example.jp/"'
    await page.goto(scripted.address)
    await Chat(page).launcher.click()
    assert await serious_findings(page) == []


async def test_axe_finds_nothing_serious_while_the_connection_is_lost(talked: Chat, page: Page) -> None:
    await page.context.set_offline(True)
    await talked.write("聞こえますか")
    await expect(talked.bar).to_contain_text("つながっていません")
    await page.context.set_offline(False)
    assert await serious_findings(page) == []


async def test_a_road_with_everything_unfolded_fits_a_narrow_phone(browser: Browser, scripted: ScriptedServer) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, locale="ja-JP")
    page = await context.new_page()
    await page.goto(scripted.address)
    scripted.answer = lambda text: [message("どうぞ。", LONG_ROAD)]
    chat = await Chat(page).begin()
    await chat.press("商標のこと")
    for summary in await chat.element.locator("summary").all():
        await summary.evaluate("summary => { summary.parentNode.open = true; }")
    wider = await chat.record.evaluate("record => record.scrollWidth - record.clientWidth")
    heights = await chat.element.locator("summary").evaluate_all(
        "all => all.map((summary) => summary.getBoundingClientRect().height)"
    )
    found = await serious_findings(page)
    await context.close()
    assert (wider, found) == (0, [])
    assert min(heights) >= 44


@pytest.mark.parametrize("width", [320, 1280])
async def test_axe_finds_nothing_serious_on_the_example_page(browser: Browser, real_bot: RealBot, width: int) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale="ja-JP")
    page = await context.new_page()
    await page.goto(real_bot.address)
    await expect(Chat(page).launcher).to_be_visible()
    found = await serious_findings(page)
    await context.close()
    assert found == []


async def test_a_whole_consultation_takes_the_keyboard_alone(page: Page, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")  # the notice's button has the focus
    await expect(chat.choices).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await chat.focused() == "お金のこと":
            break
    await chat.answered_after(lambda: page.keyboard.press("Enter"))
    assert scripted.received[0]["choice"] == "id.お金のこと"
    await expect(chat.field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(chat.launcher).to_be_focused()


async def test_the_launcher_says_whether_the_chat_is_open_and_what_it_does(
    page: Page, scripted: ScriptedServer
) -> None:
    await page.goto(scripted.address)
    chat = Chat(page)
    closed = page.get_by_role("button", name="困りごとを相談する")
    await expect(closed).to_have_attribute("aria-expanded", "false")
    await closed.click()
    opened = page.get_by_role("button", name="相談の画面をたたむ")
    await expect(opened).to_have_attribute("aria-expanded", "true")
    await opened.click()
    await expect(closed).to_have_attribute("aria-expanded", "false")
    await expect(chat.panel).to_be_hidden()


async def test_whoever_opens_a_conversation_can_write_at_once(chat: Chat) -> None:
    await chat.button("閉じる").click()
    await chat.launcher.click()
    await expect(chat.field).to_be_focused()


async def test_a_message_that_comes_in_takes_no_focus_from_the_page(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    search = page.get_by_label("検索")
    await search.focus()
    await scripted.conversation.add(message("担当者です。"))
    await expect(chat.log).to_contain_text("担当者です。")
    await expect(search).to_be_focused()


async def test_a_chat_that_was_open_before_a_reload_takes_no_focus(chat: Chat, page: Page) -> None:
    await page.reload()
    await expect(chat.choices).to_be_visible()
    assert await page.evaluate("document.activeElement === document.body")


async def test_new_messages_are_in_the_live_region_and_old_ones_are_not(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    await chat.say("商標のこと")
    await page.reload()
    await expect(chat.element.locator(".history")).to_contain_text("「商標のこと」ですね。")
    await expect(chat.log).to_be_empty()
    await chat.say("お金のこと")
    await expect(chat.log).to_contain_text("「お金のこと」ですね。")
    await expect(chat.log).not_to_contain_text("「商標のこと」ですね。")


async def test_a_sent_message_stays_one_element_so_that_it_is_announced_once(
    chat: Chat, scripted: ScriptedServer
) -> None:
    scripted.delay_s = 0.3
    await chat.write("商標のこと")
    sent = chat.element.locator(".message.owner")
    await sent.evaluate("element => { element.same = true; }")
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert await sent.evaluate_all("elements => elements.map((element) => element.same)") == [True]


async def test_the_live_regions_are_there_before_anything_is_said(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.wait_for()
    assert await chat.element.locator("[role=log]").count() == 1
    assert await chat.element.locator(".panel [role=status]").count() == 2


async def test_while_the_bot_thinks_the_status_says_so(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.delay_s = 0.5
    await chat.write("商標のこと")
    thinking = chat.element.get_by_role("status").filter(has_text="お返事を用意しています")
    await expect(thinking).to_be_visible()
    await expect(thinking).to_be_hidden()


async def test_an_answer_that_comes_at_once_is_not_announced_before(chat: Chat, scripted: ScriptedServer) -> None:
    await chat.element.evaluate(
        """chat => {
          window.thought = 0;
          const watch = new MutationObserver(() => { window.thought += 1; });
          watch.observe(chat.shadowRoot.querySelector(".typing"), { childList: true });
        }"""
    )
    await chat.say("商標のこと")
    assert await chat.page.evaluate("window.thought") == 0


async def test_the_road_has_a_text_that_names_its_stages_in_order(talked: Chat) -> None:
    road = talked.road.first
    await expect(road).to_have_accessible_name(
        "ご相談の道すじ まず、商工会議所。次に、知財総合支援窓口。必要なら、弁理士、甲、乙、丙、丁。"
    )


async def test_what_can_be_pressed_is_at_least_44_pixels_high(talked: Chat, page: Page) -> None:
    small = await talked.element.evaluate(
        """chat => [...chat.shadowRoot.querySelectorAll("button, a, summary, textarea")]
          .filter((e) => e.offsetParent !== null && e.getAttribute("aria-disabled") !== "true")
          .map((e) => [e.innerText || e.id, e.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 44)
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


@pytest.mark.parametrize("letters", [(), ("文字を大きく",), ("文字を大きく", "もっと大きく")])
async def test_a_screen_320_wide_needs_no_sideways_scrolling(
    phone: BrowserContext, scripted: ScriptedServer, letters: "tuple[str, ...]"
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    scripted.answer = lambda text: [message("どうぞ。", ROAD), message("電話です。", HELP)]
    chat = await Chat(page).begin()
    for name in letters:
        await chat.tool(name)
    await chat.press("商標のこと")
    wider = await chat.element.evaluate(
        """chat => [...chat.shadowRoot.querySelectorAll(".panel *:not(.visually-hidden):not(.who)")]
          .filter((e) => e.offsetParent !== null && e.getBoundingClientRect().right > 321)
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert wider == []


async def test_on_a_phone_nothing_behind_the_chat_can_be_reached(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    for _ in range(40):
        await page.keyboard.press("Tab")
        assert await page.evaluate("!['INPUT', 'A'].includes(document.activeElement.tagName)")
    await expect(chat.panel).to_be_visible()


async def test_the_keyboard_of_a_phone_does_not_come_up_over_the_greeting(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    assert await chat.focused() == "heading"


async def test_the_keyboard_of_a_phone_leaves_the_field_in_sight(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", { value: 340 });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    box = await chat.button("送る").bounding_box()
    assert box is not None and box["y"] + box["height"] <= 340


async def test_nothing_moves_for_whoever_asked_for_less_motion(chat: Chat, page: Page) -> None:
    await page.emulate_media(reduced_motion="reduce")
    moving = await chat.element.evaluate(
        """chat => [...chat.shadowRoot.querySelectorAll("*")]
          .filter((e) => !["none", ""].includes(getComputedStyle(e).animationName)).length"""
    )
    assert moving == 0


async def test_the_letters_stay_large_after_a_reload(chat: Chat, page: Page) -> None:
    size = "record => parseFloat(getComputedStyle(record).fontSize)"
    before = await chat.record.evaluate(size)
    await chat.tool("文字を大きく")
    await page.reload()
    await expect(chat.choices).to_be_visible()
    assert await chat.record.evaluate(size) > before


async def test_what_is_said_is_marked_as_japanese(chat: Chat) -> None:
    assert await chat.record.evaluate("record => record.closest('[lang]').lang") == "ja"
