"""Sheets are kept for their time, one a road, five a conversation, and erased for good."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest

from bot.consult.sheet import sheet_from
from bot.consult.state import OwnWords
from bot.knowledge import Knowledge
from bot.sheets.shape import Sheet, today
from bot.store import Database, Sheets, TooManySheetsError
from bot.store.sheets import DAY_S, MOST_A_CONVERSATION
from tests.consult.conftest import a_consultation
from tests.store.patience import opened


@pytest.fixture
def sheets(address: str) -> Sheets:
    return Sheets(opened(address))


@pytest.fixture(scope="session")
def sheet(knowledge: Knowledge) -> Sheet:
    told = (OwnWords("株を息子に譲りたい", about=("事業承継",)),)
    return sheet_from(knowledge, a_consultation(issue="事業承継", words=told), today())


def pass_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    later = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: later)


def test_a_draft_comes_back_as_it_was(sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.get(sheets.draft("a", "road", sheet).id)
    assert kept is not None
    assert (kept.draft, kept.made) == (sheet, None)


def test_an_id_has_at_least_128_random_bits(sheets: Sheets, sheet: Sheet) -> None:
    ids = {sheets.draft(str(number), "road", sheet).id for number in range(10)}
    assert len(ids) == 10
    assert all(len(sheet_id) * 6 >= 128 for sheet_id in ids)


def test_a_road_has_one_sheet(sheets: Sheets, sheet: Sheet) -> None:
    assert sheets.draft("a", "road", sheet).id == sheets.draft("a", "road", sheet).id


def test_a_draft_nobody_touched_takes_what_was_told_since(sheets: Sheets, sheet: Sheet) -> None:
    sheets.draft("a", "road", sheet)
    assert sheets.draft("a", "road", replace(sheet, prefecture="鳥取県")).to_edit.prefecture == "鳥取県"


def test_what_the_owner_wrote_is_not_overwritten(sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.edit(kept.id, replace(sheet, note="わたしが書きました"))
    assert sheets.draft("a", "road", sheet).to_edit.note == "わたしが書きました"


def test_a_conversation_has_five_sheets_at_most(sheets: Sheets, sheet: Sheet) -> None:
    for number in range(MOST_A_CONVERSATION):
        sheets.draft("a", f"road {number}", sheet)
    with pytest.raises(TooManySheetsError):
        sheets.draft("a", "another road", sheet)
    assert sheets.draft("b", "another road", sheet).draft == sheet


def test_after_one_is_deleted_another_can_be_drafted(sheets: Sheets, sheet: Sheet) -> None:
    ids = [sheets.draft("a", f"road {number}", sheet).id for number in range(MOST_A_CONVERSATION)]
    sheets.delete(ids[0])
    assert sheets.draft("a", "another road", sheet).draft == sheet


def test_two_processes_that_draft_at_once_get_the_same_sheet(address: str, sheet: Sheet) -> None:
    Sheets(opened(address)).remove_expired()  # makes the tables
    ids: List[str] = []

    def draft() -> None:
        ids.append(Sheets(opened(address)).draft("a", "road", sheet).id)

    workers = [threading.Thread(target=draft) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


def test_a_made_sheet_bears_the_day_it_was_made(sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.draft("a", "road", replace(sheet, day=sheet.day.replace(year=2020)))
    assert sheets.make(kept.id, days=30)
    made = sheets.get(kept.id)
    assert made is not None and made.made is not None
    assert made.made.day == today()
    assert made.draft is None


def test_editing_a_made_sheet_leaves_it_until_it_is_made_again(sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.make(kept.id, days=30)
    sheets.edit(kept.id, replace(sheet, note="直しました"))
    during = sheets.get(kept.id)
    assert during is not None and during.made is not None
    assert (during.made.note, during.to_edit.note) == ("", "直しました")
    sheets.make(kept.id, days=30)
    after = sheets.get(kept.id)
    assert after is not None and after.made is not None
    assert after.made.note == "直しました"


def test_making_it_again_does_not_keep_it_longer(sheets: Sheets, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.make(kept.id, days=30)
    first = sheets.get(kept.id)
    pass_time(monkeypatch, 10 * DAY_S)
    sheets.edit(kept.id, sheet)
    sheets.make(kept.id, days=30)
    again = sheets.get(kept.id)
    assert first is not None and again is not None
    assert again.expires_at == first.expires_at


def test_a_draft_is_gone_after_a_day(sheets: Sheets, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.edit(kept.id, sheet)
    pass_time(monkeypatch, DAY_S + 1)
    assert sheets.get(kept.id) is None
    assert not sheets.make(kept.id, days=30)
    assert not sheets.edit(kept.id, sheet)


def test_a_made_sheet_is_gone_after_its_days(sheets: Sheets, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.make(kept.id, days=2)
    pass_time(monkeypatch, 2 * DAY_S - 1)
    assert sheets.get(kept.id) is not None
    pass_time(monkeypatch, 2)
    assert sheets.get(kept.id) is None
    assert sheets.of("a", "road") is None


def test_what_has_expired_is_removed_and_the_rest_stays(
    sheets: Sheets, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets.draft("a", "road", sheet)
    made = sheets.draft("b", "road", sheet)
    sheets.make(made.id, days=30)
    pass_time(monkeypatch, DAY_S + 1)
    assert sheets.remove_expired() == 1
    assert sheets.get(made.id) is not None


def test_deleting_twice_is_no_error(sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.delete(kept.id)
    sheets.delete(kept.id)
    assert sheets.get(kept.id) is None


def test_nothing_of_a_deleted_sheet_is_left_in_the_database(address: str, sheets: Sheets, sheet: Sheet) -> None:
    kept = sheets.draft("a", "road", sheet)
    sheets.make(kept.id, days=30)
    sheets.edit(kept.id, replace(sheet, note="内緒です"))
    sheets.delete(kept.id)
    with opened(address).reading() as store:
        assert store.exec_driver_sql("SELECT count(*) FROM sheets").scalar_one() == 0


def test_the_bytes_of_a_deleted_sheet_are_overwritten_in_the_file(tmp_path: Path, sheet: Sheet) -> None:
    path = tmp_path / "store.sqlite"
    sheets = Sheets(Database(str(path), erased_within_s=0.0))
    kept = sheets.draft("a", "road", sheet)
    secret = "株を息子に譲りたい".encode()
    assert any(secret in file.read_bytes() for file in tmp_path.iterdir())
    sheets.delete(kept.id)
    assert not any(secret in file.read_bytes() for file in tmp_path.iterdir())


def test_all_sheets_of_a_conversation_are_found_until_they_expire(
    sheets: Sheets, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = sheets.draft("a", "one road", sheet)
    made = sheets.draft("a", "another", sheet)
    sheets.draft("b", "one road", sheet)
    sheets.make(made.id, days=30)
    assert [each.id for each in sheets.all_of("a")] == [draft.id, made.id]
    pass_time(monkeypatch, DAY_S)
    assert [each.id for each in sheets.all_of("a")] == [made.id]
