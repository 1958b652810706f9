"""On paper the sheet is one page of A4, whatever road it shows and however much its owner wrote."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Callable

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from playwright.async_api import Browser, Page

from bot.consult.sheet import sheet_from
from bot.consult.state import Consultation
from bot.knowledge import Knowledge, load_knowledge
from bot.sheets.shape import Sheet, today
from tests.consult.conftest import a_consultation
from tests.sheets.conftest import Owner, filled_up, roads

pytestmark = pytest.mark.long

A_PAGE = re.compile(rb"/Type\s*/Page\b")
QR_CODE = zxingcpp.BarcodeFormat.QRCode
A4_IN_PRINT = {"width": 703, "height": 1047}  # what the margins leave, in CSS pixels
CUT_OFF = """() => {
  const paper = document.querySelector(".paper"), foot = document.querySelector(".foot");
  const below = foot.getBoundingClientRect().bottom > paper.getBoundingClientRect().bottom + 1;
  const boxes = [...paper.querySelectorAll(".words, .ticks li, .facts dd, .stop, .stop *, .head, .issue")];
  const cut = boxes.filter(box => getComputedStyle(box).display !== "inline" && !box.matches(".unseen")
    && (box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2));
  return [...(below ? ["the foot"] : []), ...cut.map(box => box.className + ": " + box.textContent.trim())];
}"""


async def pages_of(page: Page) -> int:
    return len(A_PAGE.findall(await page.pdf(prefer_css_page_size=True)))


async def shown_in_print(browser: Browser, owner: Owner, dots_per_pixel: float = 1) -> Page:
    await owner.make()
    page = await browser.new_page(viewport=A4_IN_PRINT, device_scale_factor=dots_per_pixel)
    await page.emulate_media(media="print")
    await page.goto(owner.address)
    return page


@pytest.mark.parametrize("road", roads(load_knowledge()), ids=lambda road: f"{road.issue} {road.sub_issue}")
async def test_every_road_with_every_field_full_is_one_page_and_nothing_is_cut_off(
    browser: Browser, owner_of: Callable[[Sheet], Owner], knowledge: Knowledge, road: Consultation
) -> None:
    for prefecture in (None, "神奈川県"):  # all cautions; or the offices with the longest names and addresses
        sheet = sheet_from(knowledge, road.with_owner(prefecture=prefecture), today())
        page = await shown_in_print(browser, owner_of(filled_up(sheet)))
        assert await page.evaluate(CUT_OFF) == []
        assert prefecture or await pages_of(page) == 1
        await page.close()


async def test_a_sheet_without_a_word_of_its_owner_is_one_page_with_lines_to_write_on(
    browser: Browser, owner_of: Callable[[Sheet], Owner], knowledge: Knowledge
) -> None:
    page = await shown_in_print(browser, owner_of(sheet_from(knowledge, a_consultation(issue="知的財産"), today())))
    assert await pages_of(page) == 1
    assert await page.locator(".pair .rules i").first.is_visible()
    assert not await page.get_by_text("まだ伺っていません").first.is_visible()
    await page.close()


async def test_letters_that_were_not_reckoned_with_do_not_make_a_second_page(
    browser: Browser, owner_of: Callable[[Sheet], Owner], sheet: Sheet
) -> None:
    strange = replace(sheet, situation="﷽" * 200, tried="W" * 80, note="🏳️‍🌈" * 20, questions=("﷽" * 40,) * 4)
    page = await shown_in_print(browser, owner_of(strange))
    assert await pages_of(page) == 1
    await page.close()


async def test_buttons_and_hints_are_not_printed(browser: Browser, owner: Owner) -> None:
    page = await shown_in_print(browser, owner)
    assert not await page.get_by_role("link", name="消す").is_visible()
    assert await page.locator(".bar").is_hidden()
    await page.close()


async def test_a_phone_reads_the_sheets_own_address_from_the_code(browser: Browser, owner: Owner) -> None:
    page = await shown_in_print(browser, owner)
    shown = Image.open(io.BytesIO(await page.locator(".qr").screenshot(scale="device"))).convert("L")
    await page.close()
    assert [(code.format, code.text) for code in zxingcpp.read_barcodes(shown)] == [(QR_CODE, owner.address)]


async def test_a_phone_reads_the_code_from_a_photo_that_is_askew_and_not_sharp(browser: Browser, owner: Owner) -> None:
    page = await shown_in_print(browser, owner, dots_per_pixel=2)  # a page of A4 in three million, as from any phone
    sheet = Image.open(io.BytesIO(await page.screenshot())).convert("L")
    await page.close()
    photo = sheet.rotate(8, Image.BICUBIC, expand=True, fillcolor=190).filter(ImageFilter.GaussianBlur(1))
    assert [code.text for code in zxingcpp.read_barcodes(photo)] == [owner.address]
