"""Writing Japanese: conversion is never taken for sending; Enter sends at a desk and begins a line on a phone."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.web.chat import Chat
from tests.web.scripted_server import ScriptedServer

_SAFARI_ENDS_A_CONVERSION = """field => {
  field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  field.value = "商標";
  field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: "商標"}));
  const enter = {key: "Enter", keyCode: 229, bubbles: true, cancelable: true, composed: true};
  const event = new KeyboardEvent("keydown", enter);
  field.dispatchEvent(event);
  return [event.isComposing, event.keyCode, event.defaultPrevented];
}"""


async def test_enter_that_ends_a_conversion_does_not_send(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    await chat.field.focus()
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "しょうひょう", "selectionStart": 6, "selectionEnd": 6})
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await keyboard.send("Input.insertText", {"text": "商標"})
    await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    await expect(chat.field).to_have_value("商標")
    assert scripted.received == []


async def test_enter_after_the_conversion_sends_what_was_converted(
    chat: Chat, page: Page, scripted: ScriptedServer
) -> None:
    await chat.field.focus()
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "しょうひょう", "selectionStart": 6, "selectionEnd": 6})
    await keyboard.send("Input.insertText", {"text": "商標"})
    await chat.answered_after(lambda: page.keyboard.press("Enter"))
    assert [body["text"] for body in scripted.received] == ["商標"]


async def test_enter_in_safari_comes_after_the_end_of_the_conversion_and_does_not_send(
    chat: Chat, scripted: ScriptedServer
) -> None:
    composing, key_code, prevented = await chat.field.evaluate(_SAFARI_ENDS_A_CONVERSION)
    assert (composing, key_code, prevented) == (False, 229, False)
    await expect(chat.field).to_have_value("商標")
    assert scripted.received == []


async def test_esc_during_a_conversion_does_not_close_the_chat(chat: Chat, page: Page) -> None:
    await chat.field.focus()
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send("Input.imeSetComposition", {"text": "しょう", "selectionStart": 3, "selectionEnd": 3})
    key = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 229}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await expect(chat.panel).to_be_visible()


async def test_shift_and_enter_begin_a_new_line_at_a_desk(chat: Chat, page: Page, scripted: ScriptedServer) -> None:
    await chat.field.fill("一行目")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("二行目")
    await expect(chat.field).to_have_value("一行目\n二行目")
    assert scripted.received == []


async def test_enter_begins_a_new_line_on_a_phone(phone: BrowserContext, scripted: ScriptedServer) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    await chat.field.fill("一行目")
    await page.keyboard.press("Enter")
    await page.keyboard.type("二行目")
    await expect(chat.field).to_have_value("一行目\n二行目")
    assert scripted.received == []


async def test_the_field_has_letters_that_a_phone_does_not_zoom_in_on(
    phone: BrowserContext, scripted: ScriptedServer
) -> None:
    page = await phone.new_page()
    await page.goto(scripted.address)
    chat = await Chat(page).begin()
    assert await chat.field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16


async def test_nothing_but_spaces_is_not_sent(chat: Chat, scripted: ScriptedServer) -> None:
    await chat.write("　 \n ")
    assert scripted.received == []


async def test_an_owner_who_writes_at_length_learns_how_much_is_left(chat: Chat) -> None:
    await chat.field.fill("あ" * 950)
    await expect(chat.element.get_by_text("あと50文字まで書けます。")).to_be_visible()


async def test_what_is_half_written_is_there_after_a_reload(chat: Chat, page: Page) -> None:
    await chat.field.fill("まだ途中")
    await page.reload()
    await expect(chat.field).to_have_value("まだ途中")


async def test_keys_written_in_the_chat_are_no_shortcuts_of_the_page(chat: Chat, page: Page) -> None:
    await page.evaluate("document.addEventListener('keydown', (event) => { document.title = event.key; })")
    await chat.field.focus()
    await page.keyboard.press("s")
    assert await page.title() == "見本"
