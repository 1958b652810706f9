"""Keys as somebody presses them: once the page is whole, since its scripts hear no key before."""

from __future__ import annotations

from playwright.async_api import Page


async def press(page: Page, key: str) -> None:
    await page.wait_for_load_state()
    await page.keyboard.press(key)
