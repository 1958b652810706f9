"""Whoever runs the bot adds or replaces offices in one file, and is told where that file is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import (
    KNOWLEDGE_FOLDER,
    Knowledge,
    KnowledgeError,
    Office,
    OperatorsOffices,
    load_knowledge,
)
from bot.operator.offices import OFFICES, offices_file
from tests.conftest import ROOT

SOURCE = "https://www.example.jp/list"
ENTRY = """
- institution: {institution}
  source: https://www.example.jp/list
  checked: {checked}
  offices:
  - {{prefecture: {prefecture}, name: {name}, url: 'https://www.example.jp/'}}
"""


def entry(institution: str, prefecture: str = "福島県", name: str = "窓口", checked: str = "2026-11-20") -> str:
    return ENTRY.format(institution=institution, prefecture=prefecture, name=name, checked=checked)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the knowledge, with nothing said in the environment."""
    monkeypatch.delenv(OFFICES)
    ours = shutil.ignore_patterns("offices_local.yml")
    return Path(shutil.copytree(KNOWLEDGE_FOLDER, tmp_path / "knowledge", ignore=ours))


def known(folder: Path) -> Knowledge:
    """What the bot knows from this folder, with the operator's file as the environment and the folder have it."""
    file = offices_file(folder / "offices_local.yml")
    return load_knowledge(folder, OperatorsOffices(file.path, file.called) if file else None)


def write(folder: Path, text: str) -> None:
    (folder / "offices_local.yml").write_text(text, encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        known(folder)
    return str(caught.value)


def test_an_office_of_the_operator_wins_over_ours(folder: Path) -> None:
    write(folder, entry("yorozu", name="福島の窓口"))
    office = known(folder).office("yorozu", "福島県")
    assert office == Office("yorozu", "福島県", "福島の窓口", "https://www.example.jp/", "2026-11-20", SOURCE)


def test_offices_the_operator_does_not_name_stay_ours(folder: Path) -> None:
    before = known(folder)
    write(folder, entry("yorozu", name="福島の窓口"))
    after = known(folder)
    assert after.office("yorozu", "宮城県") == before.office("yorozu", "宮城県")
    assert after.office("shokokai", "福島県") == before.office("shokokai", "福島県")
    assert after.prefectures == before.prefectures


def test_the_operator_adds_an_office_where_we_have_none(folder: Path) -> None:
    assert known(folder).office("chizai", "福島県") is None
    write(folder, entry("chizai", name="福島の知財の窓口"))
    office = known(folder).office("chizai", "福島県")
    assert office is not None
    assert office.name == "福島の知財の窓口"


def test_the_file_can_lie_where_the_environment_says(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.yml"
    elsewhere.write_text(entry("chizai"), encoding="utf-8")
    write(folder, entry("jetro"))
    monkeypatch.setenv(OFFICES, str(elsewhere))
    knowledge = known(folder)
    assert knowledge.office("chizai", "福島県") is not None
    assert knowledge.office("jetro", "福島県") is None


def test_an_empty_variable_means_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, entry("chizai"))
    monkeypatch.setenv(OFFICES, "")
    assert known(folder).office("chizai", "福島県") is None


def test_a_file_the_environment_names_must_exist(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFFICES, "/nowhere/offices.yml")
    assert complaint(folder) == (
        "KAKARITSUKE_OFFICES=/nowhere/offices.yml: the file is missing; expected at /nowhere/offices.yml"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (entry("yoruzu"), 'yoruzu: no institution "yoruzu"; did you mean "yorozu"?'),
        (entry("商工会"), '商工会: no institution "商工会"; expected one such as "shokokai"'),
        (entry("yorozu", prefecture="福島"), 'yorozu > 福島: no prefecture "福島"; did you mean "福島県"?'),
        (entry("yorozu", checked="きのう"), "yorozu > checked: expected a day such as 2026-11-22"),
        (entry("yorozu") + entry("yorozu"), "yorozu > 福島県: listed twice; expected one office a prefecture"),
        (
            entry("pro_jinzai", prefecture="東京都"),
            "pro_jinzai > 東京都: institutions.yml says that there is none (absent_in); expected the two to agree",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder: Path, written: str, said: str) -> None:
    write(folder, written)
    assert complaint(folder) == f"offices_local.yml: {said}"


def test_a_file_that_is_not_utf_8_is_reported_as_that(folder: Path) -> None:
    (folder / "offices_local.yml").write_bytes(entry("yorozu").encode("shift_jis"))
    assert complaint(folder) == "offices_local.yml: not UTF-8; save the file as UTF-8"


def test_the_example_in_the_guide_can_be_copied(folder: Path) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    write(folder, guide.split("```yaml\n")[1].split("```")[0])
    assert known(folder).office("chizai", "福島県") is not None
