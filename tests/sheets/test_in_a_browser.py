"""An owner with a browser gets through, with a keyboard, on a small phone, and with a screen reader."""

from __future__ import annotations

from typing import Any, Callable, List

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.sheets.shape import Sheet
from tests.sheets.conftest import Owner

SMALL, LARGE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


async def opened(browser: Browser, address: str, size: Any = LARGE) -> Page:
    page = await browser.new_page(viewport=size)
    await page.goto(address)
    return page


async def findings(page: Page) -> List[str]:
    """The serious and critical findings of axe-core on a page as it is now. axe needs no policy of ours to run."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {node['html']}"
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["320", "1280"])
async def test_no_page_has_a_serious_finding(
    browser: Browser, owner: Owner, owner_of: Callable[[Sheet], Owner], sheet: Sheet, size: Any
) -> None:
    found = {}
    for name in ("edit", "preview", "delete"):
        page = await opened(browser, f"{owner.address}/{name}", size)
        found[name] = await findings(page)
        await page.close()
    await owner.make()
    page = await opened(browser, owner.address, size)
    found["sheet"] = await findings(page)
    await page.goto(f"{owner.address}/edit")
    await page.eval_on_selector(
        "#situation", "field => { field.removeAttribute('maxlength'); field.value = 'あ'.repeat(300) }"
    )
    await page.get_by_role("button", name="出来上がりを確かめる").click()
    found["problems"] = await findings(page)
    await page.goto(f"{owner.address}/delete")
    await page.get_by_role("button", name="消す").click()
    found["deleted"] = await findings(page)
    await page.goto(owner.address)
    found["gone"] = await findings(page)
    await page.goto(f"{owner.address}x")
    found["not found"] = await findings(page)
    await page.close()
    assert {name: list_of for name, list_of in found.items() if list_of} == {}


@pytest.mark.parametrize("name", ["", "edit", "preview", "delete"])
async def test_nothing_is_wider_than_a_small_phone(browser: Browser, owner: Owner, name: str) -> None:
    await owner.make()
    page = await opened(browser, f"{owner.address}/{name}".rstrip("/"), SMALL)
    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    await page.close()


async def test_the_whole_way_by_keyboard_under_the_strict_policy(browser: Browser, owner: Owner) -> None:
    page = await opened(browser, owner.address)
    complaints: List[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    await page.get_by_label("ほかに伝えたいこと").focus()
    await page.keyboard.type("午前中に伺います")
    await page.get_by_role("button", name="出来上がりを確かめる").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/preview")
    await page.get_by_role("button", name="この内容で作る").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(owner.address)
    assert await page.get_by_text("午前中に伺います").is_visible()
    assert await page.get_by_role("button", name="印刷する").is_visible()
    await page.get_by_role("link", name="消す").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="消す").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="消しました").wait_for()
    await page.close()
    assert complaints == []


async def test_the_button_opens_the_printers_window(browser: Browser, owner: Owner) -> None:
    await owner.make()
    page = await browser.new_page()
    await page.add_init_script("window.print = () => { document.title = 'printed' }")
    await page.goto(owner.address)
    await page.get_by_role("button", name="印刷する").click()
    assert await page.title() == "printed"
    await page.close()


async def test_a_link_to_an_institution_does_not_tell_it_the_address(browser: Browser, owner: Owner) -> None:
    await owner.make()
    page = await opened(browser, owner.address)
    told: List[Any] = []

    async def arrive(route: Any) -> None:
        told.append(route.request.headers.get("referer"))
        await route.fulfill(body="")

    await page.route("https://www.jcci.or.jp/**", arrive)
    await page.get_by_role("link", name="日本商工会議所").click()
    await page.wait_for_url("https://www.jcci.or.jp/**")
    await page.close()
    assert told == [None]


async def test_touch_targets_are_large_enough(browser: Browser, owner: Owner) -> None:
    page = await opened(browser, f"{owner.address}/edit", SMALL)
    sizes = await page.eval_on_selector_all(
        "button, .button, .tick, textarea, input:not([type])",
        "all => all.map(one => one.getBoundingClientRect().height)",
    )
    await page.close()
    assert min(sizes) >= 44
