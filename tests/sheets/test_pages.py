"""A sheet is edited, previewed, made, shown and deleted by whoever has its address, and by nobody else."""

from __future__ import annotations

import html
import time
import uuid
from dataclasses import replace
from datetime import date
from typing import Callable

import aiohttp
import pytest

from bot.operator.signing import signer
from bot.sheets.form import ROOMS
from bot.sheets.links import link_to, name_of
from bot.sheets.shape import Sheet
from bot.store import sheets
from tests.sheets.conftest import Owner, form_of, token_in

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}javascript:alert(3)"
PAGES = ["", "edit", "preview", "delete"]


async def test_edit_preview_make_show_delete(owner: Owner, sheet: Sheet) -> None:
    draft = await owner.get()
    assert draft.url.endswith("/edit")
    assert "息子は東京で勤めていて" in draft.text
    preview = await owner.post("edit", form_of(sheet, note="午前中に伺います"))
    assert preview.url.endswith("/preview")
    assert "午前中に伺います" in preview.text
    assert "まだ、出来上がりではありません" in preview.text
    made = await owner.make()
    assert made.url == owner.address
    assert "午前中に伺います" in made.text
    assert "まだ、出来上がりではありません" not in made.text
    assert "消しますか" in (await owner.get("delete")).text
    assert "消しました" in (await owner.post("delete", {})).text
    assert (await owner.get()).status == 410


async def test_nothing_is_made_before_its_owner_says_so(owner: Owner, sheet: Sheet) -> None:
    await owner.post("edit", form_of(sheet))
    assert (await owner.get(follow=False)).status == 303


async def test_everything_told_stands_on_the_sheet(owner: Owner, sheet: Sheet) -> None:
    text = html.unescape((await owner.make()).text)
    told = [
        sheet.issue,
        sheet.sub_issue,
        sheet.situation,
        sheet.tried,
        *sheet.questions,
        *(b.text for b in sheet.bring),
    ]
    told += [line.text for line in sheet.bring]
    told += [sheet.prefecture, sheet.municipality, sheet.industry, sheet.workers, sheet.stage, sheet.tip, sheet.paper]
    for stop in sheet.stops:
        told += [stop.institution, stop.when, stop.why, stop.cost, stop.reach, stop.citation]
        checked = date.fromisoformat(stop.checked)
        told.append(f"確認日 {checked.year}年{checked.month}月{checked.day}日")
    assert [words for words in told if not words or words not in text] == []


async def test_what_was_not_told_is_left_open(owner_of: Callable[[Sheet], Owner], sheet: Sheet) -> None:
    untold = replace(sheet, **dict.fromkeys(ROOMS, ""))
    assert (await owner_of(untold).make()).text.count("まだ伺っていません") == len(ROOMS) - 1  # no note, no heading


async def test_what_was_unticked_is_not_on_the_sheet(owner: Owner, sheet: Sheet) -> None:
    preview = await owner.post("edit", form_of(sheet, bring=[], stop=["0"], also=[], question=[]))
    assert sheet.stops[0].institution in preview.text
    assert sheet.stops[-1].institution not in preview.text
    assert sheet.bring[0].text not in preview.text
    assert sheet.also[0].text not in preview.text


async def test_editing_a_made_sheet_shows_the_old_one_until_it_is_made_again(owner: Owner, sheet: Sheet) -> None:
    await owner.make()
    await owner.post("edit", form_of(sheet, note="あたらしい言葉"))
    during = await owner.get()
    assert "あたらしい言葉" not in during.text
    assert "書きかけの直しがあります" in during.text
    assert "あたらしい言葉" in (await owner.make()).text


async def test_what_does_not_fit_is_said_beside_its_field_and_kept(owner: Owner, sheet: Sheet) -> None:
    long = "長い話" * 100
    page = await owner.post("edit", form_of(sheet, situation=long, stop=[]))
    assert page.status == 422
    assert long in page.text
    assert 'href="#situation">いまの様子：220文字までに、短くしてください。' in page.text
    assert 'id="situation-problem"' in page.text
    assert "窓口を、一つは残してください。" in page.text
    assert "長い話" not in (await owner.get("preview")).text


@pytest.mark.parametrize("page", ["edit", "preview", ""])
async def test_no_field_can_smuggle_in_markup(owner: Owner, sheet: Sheet, page: str) -> None:
    fields = {name: ATTACK[: ROOMS[name].characters] for name in ROOMS}
    await owner.post("edit", form_of(sheet, **fields, question=[ATTACK[:40], ATTACK[40:80]]))
    await owner.make()
    text = (await owner.get(page)).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "49" not in text.partition("<body")[2].partition("&lt;script")[2].partition("javascript")[0]


async def test_markup_in_what_the_bot_wrote_is_text_as_well(owner_of: Callable[[Sheet], Owner], sheet: Sheet) -> None:
    stop = replace(
        sheet.stops[0],
        **dict.fromkeys(("institution", "when", "why", "reach", "cost", "order_label", "formerly"), ATTACK),
        cautions=(ATTACK,),
        phone=ATTACK,
    )
    whole = replace(sheet, issue=ATTACK, sub_issue=ATTACK, tip=ATTACK, paper=ATTACK, stops=(stop,))
    made = await owner_of(whole).make()
    assert made.status == 200
    assert "&lt;script&gt;" in made.text
    assert "<script>alert" not in made.text
    assert "<img" not in made.text


async def test_a_page_that_is_no_web_address_is_not_linked(owner_of: Callable[[Sheet], Owner], sheet: Sheet) -> None:
    page = sheet.stops[0].page
    assert page is not None
    stop = replace(sheet.stops[0], page=replace(page, url="javascript:alert(1)"))
    assert "javascript:" not in (await owner_of(replace(sheet, stops=(stop,))).make()).text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["x", "a.b.c", "..", "%00", "IiI.aaaa.bbbb", "x" * 5000])
async def test_an_address_that_we_did_not_sign_is_not_found(
    client: aiohttp.ClientSession, desk_address: str, name: str, page: str
) -> None:
    async with client.get(f"{desk_address}/sheet/{name}/{page}".rstrip("/")) as answer:
        assert answer.status == 404
        assert "sheets" not in await answer.text()


async def test_an_id_signed_for_something_else_is_not_found(
    client: aiohttp.ClientSession, desk_address: str, owner: Owner, sheet: Sheet
) -> None:
    sheet_id = sheets().draft(uuid.uuid4().hex, "road", sheet).id
    for name in (signer("sheet form").dumps(sheet_id), signer("web").dumps(sheet_id), sheet_id):
        async with client.get(f"{desk_address}/sheet/{name}") as answer:
            assert answer.status == 404


async def test_a_changed_letter_in_the_address_is_not_found(owner: Owner, client: aiohttp.ClientSession) -> None:
    head, _, tail = owner.address.rpartition(".")
    changed = f"{head}.{'A' if tail[0] != 'A' else 'B'}{tail[1:]}"
    async with client.get(changed) as answer:
        assert answer.status == 404


async def test_a_deleted_sheet_is_gone_on_every_page(owner: Owner) -> None:
    await owner.post("delete", {})
    for page in PAGES:
        answer = await owner.get(page)
        assert answer.status == 410
        assert "この相談シートは、もうありません" in answer.text


async def test_an_expired_draft_is_gone(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    assert (await owner.get()).status == 410


async def test_an_address_older_than_any_sheet_is_gone(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    await owner.make()
    later = time.time() + 32 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    answer = await owner.get()
    assert answer.status == 410
    assert "息子" not in answer.text


async def test_a_made_sheet_is_open_until_its_last_day(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    await owner.make()
    later = time.time() + 30 * 86_400 - 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert (await owner.get()).status == 200


@pytest.mark.parametrize("page", ["edit", "make", "delete"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", None])
async def test_a_form_from_elsewhere_is_refused(owner: Owner, sheet: Sheet, page: str, origin: str) -> None:
    owner.origin = origin
    answer = await owner.post(page, form_of(sheet, note="よその人"))
    assert answer.status == 403
    assert "よその人" not in (await owner.get("preview")).text


@pytest.mark.parametrize("page", ["edit", "make", "delete"])
async def test_a_form_without_its_token_or_with_another_sheets_is_refused(
    owner: Owner, owner_of: Callable[[Sheet], Owner], sheet: Sheet, page: str
) -> None:
    others = token_in((await owner_of(sheet).get("edit")).text)
    for token in ("", "x", others, owner.address.rpartition("/")[2]):
        assert (await owner.post(page, form_of(sheet), token=token)).status == 403
    assert (await owner.get()).status == 200


async def test_one_owner_cannot_open_anothers_sheet_with_their_own_address(
    owner: Owner, owner_of: Callable[[Sheet], Owner], sheet: Sheet
) -> None:
    other = owner_of(replace(sheet, situation="ほかの人の話"))
    assert "ほかの人の話" not in (await owner.get()).text
    await owner.post("delete", {})
    assert (await other.get()).status == 200


async def test_a_form_too_large_is_refused(owner: Owner, sheet: Sheet) -> None:
    assert (await owner.post("edit", form_of(sheet, note="あ" * 40_000))).status == 413


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=%d" % n for n in range(200)), b"", b"token"])
async def test_a_body_that_is_no_form_of_ours_is_refused(
    owner: Owner, client: aiohttp.ClientSession, body: bytes
) -> None:
    async with client.post(f"{owner.address}/edit", data=body, headers={"Origin": str(owner.origin)}) as answer:
        assert answer.status in (400, 403)


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_is_kept_from_caches_frames_search_and_scripts(owner: Owner, page: str) -> None:
    await owner.make()
    headers = (await owner.get(page)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == ("no-referrer" if page == "" else "same-origin")


async def test_what_is_not_found_or_gone_has_the_same_headers(owner: Owner, client: aiohttp.ClientSession) -> None:
    await owner.post("delete", {})
    gone = await owner.get()
    assert "default-src 'none'" in gone.headers["Content-Security-Policy"]
    assert gone.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", ["", "edit", "preview", "delete"])
async def test_no_page_has_inline_style_or_script(owner: Owner, page: str) -> None:
    await owner.make()
    text = (await owner.get(page)).text
    assert "style=" not in text and "<style" not in text
    assert " onclick" not in text
    assert text.count("<script") == (1 if page == "" else 0)


@pytest.mark.parametrize("file", ["icon.svg", "sheet.css", "sheet.js"])
async def test_the_static_files_are_served(client: aiohttp.ClientSession, desk_address: str, file: str) -> None:
    async with client.get(f"{desk_address}/sheet/static/{file}") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("file", ["../sheets.py", "..%2Fsheets.py", "up.html", "%2e%2e%2fsheets.py"])
async def test_nothing_else_is_served_as_static(client: aiohttp.ClientSession, desk_address: str, file: str) -> None:
    async with client.get(f"{desk_address}/sheet/static/{file}") as answer:
        assert answer.status == 404


async def test_a_store_that_fails_is_a_kind_page(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", "/proc/nowhere/store.sqlite")
    answer = await owner.get()
    assert answer.status == 503
    assert "いまは開けません" in answer.text
    assert "proc" not in answer.text


async def test_below_a_path_the_links_and_forms_have_it(
    owner: Owner, desk_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", f"{desk_address}/soudan")
    text = (await owner.get("edit")).text
    assert 'href="/soudan/sheet/static/sheet.css"' in text
    assert 'action="/soudan/sheet/' in text


def test_the_link_names_the_sheet_by_its_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp/")
    assert link_to("an id").startswith("https://soudan.example.jp/sheet/")
    assert "an id" not in name_of("an id")
