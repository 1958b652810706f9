"""Nothing an owner says is lost or said twice: refusals, lost answers, other tabs, a browser that keeps nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from tests.web.chat import Chat
from tests.web.scripted_server import ScriptedServer, message


async def test_nothing_is_sent_before_the_owner_has_read_the_notice(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.click()
    await expect(chat.element.get_by_text("マイナンバー")).to_be_visible()
    await expect(chat.field).to_be_hidden()
    assert scripted.sessions == {}


async def lose_the_first_answer(page: Page) -> None:
    """The server takes the first message, and its answer does not arrive."""
    lost = []

    async def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(await route.fetch())
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/web/messages", lose)


async def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_id(
    page: Page, scripted: ScriptedServer
) -> None:
    await page.route("**/web/events", lambda route: route.abort())
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await lose_the_first_answer(page)
    await chat.say("商標のこと")
    assert [body["id"] for body in scripted.received] == [scripted.received[0]["id"]] * 2
    assert (await chat.texts()).count("商標のこと") == 1


async def test_an_answer_that_was_lost_and_came_over_the_stream_is_not_asked_for_again(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    await lose_the_first_answer(page)
    await chat.say("商標のこと")
    await chat.say("お金のこと")
    assert len(scripted.received) == 2
    assert (await chat.texts()).count("商標のこと") == 1


async def test_a_busy_server_is_asked_again_only_after_the_time_it_names(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(429, "too_many", Retry_After="2")
    clock = asyncio.get_running_loop()
    began = clock.time()
    await chat.write("商標のこと")
    await expect(chat.bar).to_contain_text("2秒ほどで")
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert clock.time() - began >= 2
    assert len(scripted.received) == 2


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_that_fails_is_asked_again(chat: Chat, scripted: ScriptedServer, status: int) -> None:
    scripted.refuse(status, "busy")
    await chat.say("商標のこと")
    assert [body["id"] for body in scripted.received] == [scripted.received[0]["id"]] * 2


async def test_an_owner_whose_message_cannot_be_kept_is_told_to_wait(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(503, "busy", Retry_After="2")
    await chat.write("商標のこと")
    await expect(chat.bar).to_contain_text(
        "申し訳ありません。いま、お返事ができません。2秒ほどで、もう一度ためします。"
    )
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert [body["id"] for body in scripted.received] == [scripted.received[0]["id"]] * 2


async def test_an_expired_session_becomes_a_new_one_with_a_kind_word(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.forget_sessions()
    await chat.write("商標のこと")
    await expect(chat.log).to_contain_text("しばらく時間がたちましたので")
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert (await chat.texts()).count("商標のこと") == 1


async def test_a_session_that_expired_while_away_becomes_a_new_one(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    scripted.forget_sessions()
    await page.reload()
    await expect(chat.log).to_contain_text("しばらく時間がたちましたので")
    await expect(chat.choices).to_be_visible()


async def test_a_choice_that_is_no_longer_offered_is_said_in_words(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(422, "choice")
    await chat.press("商標のこと")
    assert [(body.get("choice"), body.get("text")) for body in scripted.received] == [
        ("id.商標のこと", None),
        (None, "商標のこと"),
    ]


async def test_an_id_that_is_taken_is_exchanged(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(409, "id_reused")
    await chat.say("商標のこと")
    assert len({body["id"] for body in scripted.received}) == 2


async def test_a_message_that_the_server_refuses_can_be_sent_again(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(400, "body")
    await chat.write("商標のこと")
    await expect(chat.log).to_contain_text("お送りできませんでした。")
    await chat.answered_after(chat.button("もう一度送る").click)
    assert (await chat.texts())[-2:] == ["商標のこと", "「商標のこと」ですね。"]


async def test_a_message_that_the_server_refuses_can_be_withdrawn(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.refuse(400, "body")
    await chat.write("商標のこと")
    await chat.button("取り消す").click()
    await expect(chat.element.locator(".message.owner")).to_have_count(0)
    await chat.say("お金のこと")
    assert [body["text"] for body in scripted.received] == ["商標のこと", "お金のこと"]


async def test_several_messages_in_haste_arrive_in_order(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.delay_s = 0.1
    said = ["一つ目", "二つ目", "三つ目"]
    for text in said:
        await chat.write(text)
    await expect(chat.log).to_contain_text("「三つ目」ですね。")
    assert [body["text"] for body in scripted.received] == said
    assert [text for text in await chat.texts() if text in said] == said


async def test_what_was_not_sent_when_the_page_was_left_is_sent_after_it_is_loaded_again(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    await page.route("**/web/messages", lambda route: route.abort())
    await chat.write("商標のこと")
    await expect(chat.bar).to_contain_text("つながっていません")
    await page.unroute("**/web/messages")
    await page.reload()
    await expect(chat.element.get_by_text("「商標のこと」ですね。")).to_be_visible()
    assert (await chat.texts()).count("商標のこと") == 1


async def count_tries(page: Page) -> "list[float]":
    """When each try to send was made, by the clock; none of them arrives until `page.unroute`."""
    tries = []

    async def lose(route: Route) -> None:
        tries.append(asyncio.get_running_loop().time())
        await route.abort()

    await page.route("**/web/**", lose)
    return tries


async def test_a_press_sends_what_waits_at_once(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    await page.clock.install()
    await page.clock.pause_at(datetime.now() + timedelta(seconds=1))  # nothing is sent again by itself
    tries = await count_tries(page)
    await chat.write("商標のこと")
    await expect(chat.element.get_by_text("つながりしだい、お送りします。")).to_be_visible()
    await page.unroute("**/web/**")
    await chat.button("いま送り直す").click()
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert len(tries) > 0
    assert [body["text"] for body in scripted.received] == ["商標のこと"]


async def test_what_waits_is_tried_every_two_seconds_however_long_the_network_is_away(chat: Chat, page: Page) -> None:
    tries = await count_tries(page)
    await chat.write("商標のこと")
    while len(tries) < 8:
        await page.wait_for_event("requestfailed")
    assert max(later - sooner for sooner, later in zip(tries[:-1], tries[1:], strict=True)) < 2.5


async def test_a_call_that_hung_as_the_network_was_lost_is_made_again_when_it_is_back(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    hanging = []

    async def hang_once(route: Route) -> None:
        if hanging:
            await route.continue_()
        else:
            hanging.append(route)

    await page.route("**/web/messages", hang_once)
    async with page.expect_request("**/web/messages"):
        await chat.write("商標のこと")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert [body["text"] for body in scripted.received] == ["商標のこと"]


async def test_a_stream_that_breaks_is_taken_up_where_it_broke(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    await chat.say("商標のこと")
    await page.context.set_offline(True)
    await scripted.conversation.add(message("担当者です。"))
    await page.context.set_offline(False)
    await expect(chat.log).to_contain_text("担当者です。")
    assert scripted.streams_opened_after[-1] == 4
    assert (await chat.texts()).count("担当者です。") == 1


async def test_a_page_that_the_server_does_not_serve_says_so(page: Page, scripted: ScriptedServer) -> None:
    await page.route("**/web/session", lambda route: route.fulfill(status=403, json={"error": "origin"}))
    await page.goto(scripted.address)
    chat = Chat(page)
    await chat.launcher.click()
    await chat.button("わかりました。相談をはじめる").click()
    await expect(chat.bar).to_contain_text("このページからは、相談窓口につながりません。")


async def test_two_tabs_show_the_same_conversation(
    context: BrowserContext, chat: Chat, scripted: ScriptedServer
) -> None:
    other_page = await context.new_page()
    await other_page.goto(scripted.address)
    other = Chat(other_page)
    await other.launcher.click()
    await chat.press("商標のこと")
    await expect(other.log).to_contain_text("「商標のこと」ですね。")
    await other.say("お金のこと")
    await expect(chat.log).to_contain_text("「お金のこと」ですね。")
    assert await chat.texts() == await other.texts()
    assert len(scripted.sessions) == 1


async def test_a_new_conversation_in_one_tab_is_the_other_tabs_as_well(
    context: BrowserContext, chat: Chat, scripted: ScriptedServer
) -> None:
    await chat.say("商標のこと")
    other_page = await context.new_page()
    await other_page.goto(scripted.address)
    other = Chat(other_page)
    await other.launcher.click()
    await expect(other.element.get_by_text("「商標のこと」ですね。")).to_be_visible()
    await chat.tool("新しい相談")
    await chat.button("新しくはじめる").click()
    await expect(other.element.get_by_text("「商標のこと」ですね。")).to_have_count(0)
    await other.say("お金のこと")
    await expect(chat.log).to_contain_text("「お金のこと」ですね。")


async def test_a_browser_that_keeps_nothing_can_still_hold_a_conversation(page: Page, scripted: ScriptedServer) -> None:
    await page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
             Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""
    )
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await chat.say("商標のこと")
    assert (await chat.texts())[-1] == "「商標のこと」ですね。"


async def test_a_page_without_https_has_ids_as_well(page: Page, scripted: ScriptedServer) -> None:
    await page.add_init_script("delete Crypto.prototype.randomUUID")
    await page.goto(scripted.address)
    await (await Chat(page).begin()).say("商標のこと")
    assert len(scripted.received[0]["id"]) == 32


async def test_staff_is_named_as_such(chat: Chat, scripted: ScriptedServer) -> None:
    await scripted.conversation.add({**message("担当の者です。"), "from": "staff"})
    await expect(chat.element.locator(".message.staff .who")).to_have_text("担当者")


async def test_a_message_that_comes_while_the_chat_is_closed_is_told_at_the_launcher(
    chat: Chat, scripted: ScriptedServer
) -> None:
    await chat.button("閉じる").click()
    await scripted.conversation.add(message("担当の者です。"))
    unread = chat.launcher.get_by_text("新しい返事があります")
    await expect(unread).to_be_visible()
    await chat.launcher.click()
    await expect(unread).to_be_hidden()


async def test_a_page_in_the_background_holds_no_stream_and_catches_up(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(hide, True)
    opened = len(scripted.streams_opened_after)
    await scripted.conversation.add(message("担当者です。"))
    await asyncio.sleep(2)
    assert len(scripted.streams_opened_after) == opened
    await expect(chat.log).not_to_contain_text("担当者です。")
    await page.evaluate(hide, False)
    await expect(chat.log).to_contain_text("担当者です。")
