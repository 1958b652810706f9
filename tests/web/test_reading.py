"""Reading: choices freeze, long answers begin at their beginning; cards, print, themes, the page around the chat."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bot.channels.at_any_time import at_any_time
from bot.messages import Choice
from tests.web.chat import Chat
from tests.web.parts import HELP, LONG_ROAD, ROAD, fact
from tests.web.scripted_server import CSP, ScriptedServer, message


async def test_used_choices_are_one_line_that_names_the_chosen_one(chat: Chat) -> None:
    await chat.press("商標のこと")
    await expect(chat.choices.get_by_text("選んだ答え：商標のこと")).to_be_visible()
    box = await chat.choices.bounding_box()
    assert box is not None and box["height"] < 50
    await expect(chat.choices.get_by_role("button")).to_have_count(0)


async def test_what_else_was_offered_unfolds(chat: Chat) -> None:
    await chat.press("商標のこと")
    await expect(chat.choices.get_by_text("お金のこと")).to_be_hidden()
    await chat.choices.locator("summary").click()
    await expect(chat.choices.get_by_text("お金のこと")).to_be_visible()


async def test_a_typed_answer_folds_the_choices_and_names_the_one_it_says(chat: Chat) -> None:
    await chat.say("お金のこと")
    await expect(chat.choices).to_contain_text("選んだ答え：お金のこと")


async def test_choices_that_nobody_chose_from_are_one_line_with_their_number(chat: Chat) -> None:
    await chat.say("ちがう話です")
    await expect(chat.choices.locator("summary")).to_have_text("出ていた答え（2）")


async def test_choices_are_still_folded_after_a_reload(chat: Chat, page: Page) -> None:
    await chat.press("商標のこと")
    await page.reload()
    await expect(chat.choices.get_by_text("選んだ答え：商標のこと")).to_be_visible()
    await expect(chat.choices.get_by_role("button")).to_have_count(0)


async def test_choices_of_the_last_question_can_be_pressed_after_a_reload(chat: Chat, page: Page) -> None:
    await page.reload()
    await chat.press("商標のこと")
    assert (await chat.texts())[-1] == "「商標のこと」ですね。"


async def test_a_long_answer_is_read_from_its_beginning(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("\n".join(f"{line}行目です。" for line in range(60)))]
    await chat.say("商標のこと")
    await expect(chat.element.get_by_text("0行目です。", exact=True)).to_be_in_viewport()


async def test_what_the_owner_said_stays_in_sight_above_a_short_answer(chat: Chat) -> None:
    for number in range(8):
        await chat.say(f"{number}番目の話")
    await expect(chat.element.get_by_text("7番目の話", exact=True)).to_be_in_viewport()
    await expect(chat.element.get_by_text("「7番目の話」ですね。")).to_be_in_viewport()


async def test_a_reader_who_went_back_stays_there_and_is_told_of_a_new_message(
    chat: Chat, scripted: ScriptedServer
) -> None:
    for number in range(8):
        await chat.say(f"{number}番目の話")
    await chat.record.evaluate("record => { record.scrollTop = 0; }")
    await scripted.conversation.add(message("担当者です。"))
    button = chat.button("新しいメッセージ")
    await expect(button).to_be_visible()
    assert await chat.record.evaluate("record => record.scrollTop") == 0
    await button.click()
    await expect(chat.element.get_by_text("担当者です。")).to_be_in_viewport()
    await expect(button).to_be_hidden()


async def test_a_reader_at_the_end_sees_a_new_message_at_once(chat: Chat, scripted: ScriptedServer) -> None:
    for number in range(8):
        await chat.say(f"{number}番目の話")
    await scripted.conversation.add(message("担当者です。"))
    await expect(chat.element.get_by_text("担当者です。")).to_be_in_viewport()


async def test_a_long_conversation_opens_where_it_ended(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    for number in range(150):
        await scripted.conversation.add({**message(f"{number}番目の話"), "from": "owner" if number % 2 else "bot"})
    await page.reload()
    await expect(chat.messages).to_have_count(152)
    await expect(chat.messages.get_by_text("149番目の話")).to_be_in_viewport()


async def test_the_first_step_of_a_card_is_open_and_the_others_open_when_pressed(
    chat: Chat, scripted: ScriptedServer
) -> None:
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await chat.press("商標のこと")
    await expect(chat.element.get_by_text("最初の相談を受けます。")).to_be_visible()
    await expect(chat.element.get_by_text("商標に詳しい人がいます。")).to_be_hidden()
    await chat.element.locator("summary", has_text="知財総合支援窓口").click()
    await expect(chat.element.get_by_text("商標に詳しい人がいます。")).to_be_visible()


async def test_the_first_step_says_shortly_whom_to_call_and_what_to_say_and_unfolds_the_rest(
    chat: Chat, scripted: ScriptedServer
) -> None:
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await chat.press("商標のこと")
    await expect(chat.element.get_by_role("link", name="0120-000-111")).to_be_visible()
    await expect(chat.element.get_by_text("「商標の相談をしたい」とお伝えください。")).to_be_visible()
    await expect(chat.element.get_by_text("相談は無料です。")).to_be_hidden()
    await chat.element.locator("summary", has_text="くわしく見る").click()
    await expect(chat.element.get_by_text("相談は無料です。")).to_be_visible()
    await expect(chat.element.get_by_text("最初の相談を受けます。")).to_have_count(1)


async def test_what_is_beyond_four_others_is_behind_one_line_more(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("どうぞ。", LONG_ROAD)]
    await chat.press("商標のこと")
    steps = chat.element.locator("summary:has(.order)")
    await expect(steps).to_have_count(7)
    assert [await step.is_visible() for step in await steps.all()] == [True] * 5 + [False] * 2
    more = chat.element.locator("summary", has_text="ほかの窓口も見る")
    await more.focus()
    await chat.page.keyboard.press("Enter")
    await expect(steps.last).to_be_visible()
    await expect(chat.element.get_by_text("丁がくわしいです。")).to_be_hidden()
    await steps.last.click()
    await expect(chat.element.get_by_text("丁がくわしいです。")).to_be_visible()


async def test_a_road_of_five_has_nothing_behind_a_line_more(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("どうぞ。", {**LONG_ROAD, "steps": LONG_ROAD["steps"][:5]})]
    await chat.press("商標のこと")
    await expect(chat.element.locator("summary:has(.order)").last).to_be_visible()
    await expect(chat.element.get_by_text("ほかの窓口も見る")).to_have_count(0)


async def test_a_road_that_was_kept_before_it_could_be_folded_is_shown_whole(
    chat: Chat, scripted: ScriptedServer
) -> None:
    old = {name: value for name, value in LONG_ROAD.items() if name not in ("sources", "more", "see_more")}
    steps = [{key: value for key, value in step.items() if key != "short"} for step in LONG_ROAD["steps"]]
    scripted.answer = lambda text: [message("どうぞ。", {**old, "steps": steps})]
    await chat.press("商標のこと")
    await expect(chat.element.get_by_text("相談は無料です。")).to_be_visible()
    await expect(chat.element.locator("summary:has(.order)").last).to_be_visible()


async def test_a_card_has_all_that_an_owner_needs(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await chat.press("商標のこと")
    card = chat.element.locator(".card")
    await card.locator("summary", has_text="くわしく見る").click()
    for text in ("なぜ", "相談は無料です。", "平日", "別添2 ホ、13ページ", "2026年11月2日", "持っていくとよいもの"):
        await expect(card).to_contain_text(text)
    await expect(card.get_by_role("link", name="0120-000-111")).to_have_attribute("href", "tel:0120-000-111")
    await expect(card.get_by_role("link", name="日本商工会議所")).to_have_attribute("href", "https://www.jcci.or.jp/")


async def test_each_number_of_a_help_line_can_be_called(chat: Chat, scripted: ScriptedServer) -> None:
    scripted.answer = lambda text: [message("お電話できます。", HELP)]
    await chat.say("つらい")
    addresses = await chat.element.locator(".help .call").evaluate_all(
        "links => links.map((a) => a.getAttribute('href'))"
    )
    assert addresses == ["tel:119", "tel:110", "tel:0120-279-226"]


async def test_a_part_that_the_widget_does_not_know_is_shown_as_plain_text(
    chat: Chat, scripted: ScriptedServer
) -> None:
    scripted.answer = lambda text: [message("地図です。", {"type": "map"}, plain="地図です。\n本町一丁目")]
    await chat.say("場所は")
    await expect(chat.log).to_contain_text("本町一丁目")


@pytest.mark.parametrize("choice", at_any_time(), ids=lambda choice: choice.id)
async def test_a_person_and_help_are_asked_for_by_their_ids(
    chat: Chat, scripted: ScriptedServer, choice: Choice
) -> None:
    await chat.answered_after(chat.button(choice.label).click)
    assert scripted.received[0]["choice"] == choice.id
    assert "text" not in scripted.received[0]


@pytest.mark.parametrize("choice", at_any_time(), ids=lambda choice: choice.id)
async def test_a_server_that_does_not_know_the_ids_gets_the_words(
    chat: Chat, scripted: ScriptedServer, choice: Choice
) -> None:
    scripted.refuse(422, "choice")
    await chat.answered_after(chat.button(choice.label).click)
    assert [sent.get("text") for sent in scripted.received] == [None, choice.label]


async def test_a_new_conversation_begins_only_after_a_second_thought(chat: Chat, scripted: ScriptedServer) -> None:
    await chat.say("商標のこと")
    await chat.tool("新しい相談")
    await chat.button("いまの相談にもどる").click()
    await expect(chat.log).to_contain_text("「商標のこと」ですね。")
    assert len(scripted.sessions) == 1


async def test_a_new_conversation_begins_with_the_greeting(chat: Chat, scripted: ScriptedServer) -> None:
    await chat.say("商標のこと")
    await chat.tool("新しい相談")
    await chat.button("新しくはじめる").click()
    await expect(chat.messages).to_have_count(2)
    assert len(scripted.sessions) == 2


async def test_the_notice_can_be_read_again(chat: Chat) -> None:
    await chat.tool("ご注意")
    await expect(chat.element.get_by_text("マイナンバー")).to_be_visible()
    await chat.button("相談にもどる").click()
    await expect(chat.choices).to_be_visible()


async def test_paper_shows_the_conversation_unfolded_and_nothing_of_the_page(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    scripted.answer = lambda text: [message("どうぞ。", ROAD)]
    await chat.press("商標のこと")
    await page.evaluate("window.print = () => {}")
    await chat.tool("印刷")
    await page.emulate_media(media="print")
    sheet = page.locator("[data-kakaritsuke-print]")
    await expect(sheet.get_by_text("商標に詳しい人がいます。")).to_be_visible()
    await expect(sheet.get_by_text("選んだ答え：商標のこと")).to_be_visible()
    await expect(page.get_by_role("heading", name="見本のページ")).to_be_hidden()
    await expect(chat.record).to_be_hidden()


async def test_after_printing_the_page_is_as_it_was(chat: Chat, page: Page) -> None:
    await page.evaluate("window.print = () => window.dispatchEvent(new Event('afterprint'))")
    await chat.tool("印刷")
    await expect(page.locator("[data-kakaritsuke-print]")).to_have_count(0)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="見本のページ")).to_be_visible()


async def test_a_link_of_the_page_opens_the_chat_and_gets_the_focus_back(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    chat = Chat(page)
    link = page.get_by_role("link", name="相談する")
    await link.click()
    await expect(chat.panel).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(chat.panel).to_be_hidden()
    await expect(link).to_be_focused()


async def test_a_page_with_a_chat_of_its_own_gets_no_second(page: Page, scripted: ScriptedServer) -> None:
    scripted.body = '<kakaritsuke-chat heading="お店の相談"></kakaritsuke-chat>'
    await page.goto(scripted.address)
    await expect(page.locator("kakaritsuke-chat")).to_have_count(1)
    await Chat(page).launcher.click()
    await expect(page.get_by_role("dialog", name="お店の相談")).to_be_visible()


async def test_attributes_on_the_script_tag_reach_the_chat(page: Page, scripted: ScriptedServer) -> None:
    scripted.script = 'data-heading="お店の相談" data-position="left" data-retention="30日間" data-open'
    await page.goto(scripted.address)
    chat = Chat(page)
    await expect(page.get_by_role("dialog", name="お店の相談")).to_be_visible()
    await expect(chat.panel).to_contain_text("30日間保存します。")
    box = await chat.launcher.bounding_box()
    assert box is not None and box["x"] < 100


async def test_a_page_does_not_cover_the_screen_of_a_phone_with_an_open_chat(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    scripted.script = "data-open"
    await page.goto(scripted.address)
    chat = Chat(page)
    await expect(chat.launcher).to_be_visible()
    await expect(chat.panel).to_be_hidden()


async def test_an_accent_colour_is_taken_where_white_can_be_read_on_it(page: Page, scripted: ScriptedServer) -> None:
    scripted.script = 'data-accent="#7a1f4b"'
    await page.goto(scripted.address)
    background = "button => getComputedStyle(button).backgroundColor"
    assert await Chat(page).launcher.evaluate(background) == "rgb(122, 31, 75)"


@pytest.mark.parametrize(
    "wrong", ['data-accent="#ffcc00"', 'data-accent="red"', 'data-position="top"', 'data-privacy="javascript:1"']
)
async def test_a_wrong_attribute_is_named_in_the_console_and_left_out(
    page: Page, scripted: ScriptedServer, wrong: str
) -> None:
    said = []
    page.on("console", lambda line: said.append(line.text))
    scripted.script = wrong
    await page.goto(scripted.address)
    chat = Chat(page)
    background = "button => getComputedStyle(button).backgroundColor"
    assert await chat.launcher.evaluate(background) == "rgb(30, 91, 71)"
    name = wrong.split("=")[0].removeprefix("data-")
    assert any(f" {name}=" in text and "expected" in text for text in said)


async def test_custom_properties_of_the_page_theme_the_chat(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("kakaritsuke-chat { --kakaritsuke-accent: #123456; --kakaritsuke-width: 30em; }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    chat = await Chat(page).begin()
    assert await chat.launcher.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(18, 52, 86)"
    assert await chat.panel.evaluate("e => e.offsetWidth") == 480


async def test_the_pages_own_style_does_not_reach_into_the_chat(page: Page, scripted: ScriptedServer) -> None:
    await page.goto(scripted.address)
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("html { font-size: 62.5%; } button { display: none; } * { letter-spacing: 1em; }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    chat = await Chat(page).begin()
    assert await chat.field.evaluate("e => getComputedStyle(e).fontSize") == "17px"


async def test_each_answer_and_each_message_has_its_time(chat: Chat) -> None:
    await chat.say("商標のこと")
    times = chat.element.locator(".message time").filter(visible=True)
    await expect(times).to_have_text([re.compile(r"^\d{1,2}:\d\d$")] * 4)


async def test_a_message_of_another_day_has_its_day(chat: Chat, scripted: ScriptedServer) -> None:
    await scripted.conversation.add(message("担当者です。"))
    scripted.conversation.messages[0]["at"] = "2026-01-05T01:00:00+00:00"
    await chat.page.reload()
    await expect(chat.element.locator("time").first).to_have_text(re.compile(r"^1月5日 \d{1,2}:00$"))


async def test_an_answer_is_copied_whole_as_text(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    scripted.answer = lambda text: [
        message("どうぞ。", ROAD, plain="どうぞ。\nまず、商工会議所"),
        message("ほかには。"),
    ]
    await chat.say("商標のこと")
    await chat.element.locator(".copy").filter(visible=True).last.click()
    await expect(chat.button("コピーしました")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "どうぞ。\nまず、商工会議所\n\nほかには。"


async def test_a_page_without_a_clipboard_offers_no_copy(page: Page, scripted: ScriptedServer) -> None:
    await page.add_init_script("delete Navigator.prototype.clipboard")
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await expect(chat.element.locator(".copy")).to_have_count(0)


async def test_a_card_of_one_link_is_a_button_that_says_what_it_is(chat: Chat, scripted: ScriptedServer) -> None:
    link = fact("相談シート", "下書きを開く", "https://example.jp/sheet/1")
    scripted.answer = lambda text: [message("どうぞ。", {"type": "notice", "title": "相談シート", "lines": [link]})]
    await chat.say("相談シート")
    sheet = chat.element.locator(".message.bot").last
    await expect(sheet.get_by_role("link", name="相談シート 下書きを開く")).to_be_visible()
    await expect(sheet.get_by_text("相談シート")).to_have_count(1)


async def test_nothing_that_a_strict_csp_forbids_is_tried(page: Page, scripted: ScriptedServer) -> None:
    said = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    scripted.answer = lambda text: [message("どうぞ。", ROAD), message("電話です。", HELP)]
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await chat.press("商標のこと")
    await chat.tool("文字を大きく")
    await page.evaluate("window.print = () => {}")
    await chat.tool("印刷")
    assert "unsafe" not in CSP
    assert said == []
