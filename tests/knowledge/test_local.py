"""Offices by municipality: what the registers name, looked up by place; what they do not name proves nothing."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from bot.knowledge import KNOWLEDGE_FOLDER, Knowledge, KnowledgeError, load_knowledge
from bot.knowledge.local import COLUMNS

TABLES = sorted((KNOWLEDGE_FOLDER / "local").glob("*.csv"))


def names(knowledge: Knowledge, institution: str, prefecture: str, municipality: "str | None") -> "list[str]":
    return [office.name for office in knowledge.near(institution, prefecture, municipality)]


def test_the_chamber_of_a_town_is_known_by_name_with_address_source_and_date(knowledge: Knowledge) -> None:
    (office,) = knowledge.near("cci", "福島県", "会津若松市")
    assert (office.name, office.address) == ("会津若松商工会議所", "会津若松市南千石町6番5号")
    assert (office.source, office.checked) == ("国税庁 法人番号公表サイト", "2025-12-17")
    assert not office.may_have_changed


def test_towns_of_the_same_name_are_told_apart_by_their_prefecture(knowledge: Knowledge) -> None:
    assert names(knowledge, "cci", "東京都", "府中市") == ["むさし府中商工会議所"]
    assert names(knowledge, "cci", "広島県", "府中市") == ["府中商工会議所"]


def test_what_only_the_registry_of_2016_names_may_have_changed_and_shows_no_address(knowledge: Knowledge) -> None:
    (office,) = knowledge.near("cci", "福島県", "相馬市")
    assert office.may_have_changed
    assert office.address is None


def test_an_office_for_a_whole_prefecture_is_found_without_a_town(knowledge: Knowledge) -> None:
    assert names(knowledge, "shinyo_hosho", "福島県", None) == ["福島県信用保証協会"]
    assert names(knowledge, "houterasu", "福島県", "会津若松市") == ["法テラス福島"]


def test_a_city_with_a_centre_of_its_own_has_both(knowledge: Knowledge) -> None:
    assert names(knowledge, "pref_center", "宮城県", "仙台市") == [
        "公益財団法人仙台市産業振興事業団",
        "公益財団法人みやぎ産業振興機構",
    ]
    assert names(knowledge, "pref_center", "宮城県", "石巻市") == ["公益財団法人みやぎ産業振興機構"]


def test_a_place_that_is_not_known_has_no_office(knowledge: Knowledge) -> None:
    assert knowledge.near("cci", None, "会津若松市") == ()
    assert knowledge.near("cci", "福島県", None) == ()
    assert knowledge.near("cci", "福島県", "ないまち市") == ()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_table_holds_a_telephone_number_or_what_asks_not_to_be_adapted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\d-])0\d{1,4}-\d{1,4}-\d{3,4}(?!\d)", text)
    assert "hyogo-shihoushoshi" not in text
    assert "私書箱" not in text
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            doubtful = row["confidence"] in ("registry_2016", "weak")
            assert not (doubtful and row["address"])


def test_there_is_a_table_for_every_prefecture(knowledge: Knowledge) -> None:
    assert {path.stem for path in TABLES} == set(knowledge.prefectures)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ccii,会津若松市,会津若松商工会議所,,,houjin,2025-12-17,official", 'no institution "ccii"'),
        ("cci,会津若松市,会津若松商工会議所,,,houjin,2025-12-17,sure", 'no confidence "sure"'),
        ("cci,会津若松市,会津若松商工会議所,,,houjin,2025-12,official", "expected a day such as 2026-11-22"),
        ("cci,会津若松市,会津若松商工会議所,,,どこか,2025-12-17,official", "and a source of local/about.yml"),
        ("cci,会津若松市", "line 2: expected 8 columns"),
    ],
)
def test_a_wrong_row_stops_the_start_with_its_place(tmp_path: Path, row: str, said: str) -> None:
    folder = Path(shutil.copytree(KNOWLEDGE_FOLDER, tmp_path / "knowledge"))
    (folder / "local" / "福島県.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="local/福島県.csv") as caught:
        load_knowledge(folder)
    assert said in str(caught.value)
