"""The chat as an owner sees it: what they do with it, in one line each."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect


class Chat:
    """The widget in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("kakaritsuke-chat")
        self.launcher = self.element.locator(".launcher")
        self.panel = self.element.locator(".panel")
        self.field = self.element.get_by_label("お困りごと")
        self.record = self.element.locator(".record")
        self.log = self.element.get_by_role("log")
        self.bar = self.element.locator(".bar")
        self.choices = self.record.locator(".choices").last
        self.picker = self.element.locator(".picker")
        self.road = self.element.get_by_role("img")
        self.messages = self.element.locator(".message")

    async def tool(self, name: str) -> None:
        """Press what lies in the menu."""
        if not await self.button(name).is_visible():
            await self.button("メニュー").click()
        await self.button(name).click()

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    async def begin(self) -> "Chat":
        """Open it, read the notice, and wait for the greeting."""
        await self.launcher.click()
        await self.button("わかりました。相談をはじめる").click()
        await expect(self.choices).to_be_visible()
        return self

    async def write(self, text: str) -> None:
        """Write and send, without waiting for an answer."""
        await self.field.fill(text)
        await self.button("送る").click()

    async def say(self, text: str) -> None:
        """Write, send, and wait for what is said to it."""
        await self.answered_after(lambda: self.write(text))

    async def press(self, label: str) -> None:
        """Press a choice that is offered, and wait for what is said to it."""
        await self.answered_after(lambda: self.choices.get_by_role("button", name=label, exact=True).click())

    async def answered_after(self, act) -> None:  # type: ignore[no-untyped-def]
        before = await self.element.locator(".message.bot").count()
        await act()
        await expect(self.element.locator(".message.bot").nth(before)).to_be_attached(timeout=30_000)
        await expect(self.element.locator(".root:not([data-thinking])")).to_be_attached()

    async def texts(self) -> "list[str]":
        """What was said so far, by anybody, in the order shown."""
        return [text.strip() for text in await self.element.locator(".message .words").all_inner_texts()]

    async def focused(self) -> str:
        """What has the focus inside the chat: its accessible text or id; empty where the focus is elsewhere."""
        return await self.element.evaluate(
            "chat => { const e = chat.shadowRoot.activeElement; return e ? e.id || e.innerText || e.className : ''; }"
        )
