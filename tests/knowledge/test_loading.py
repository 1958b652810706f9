"""A wrong file is reported with its name, the path of keys and what is expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import KNOWLEDGE_FOLDER, KnowledgeError, load_knowledge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(KNOWLEDGE_FOLDER, tmp_path / "knowledge"))


def change(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    return str(caught.value)


def test_what_nobody_changed_is_read_once(folder: Path) -> None:
    assert load_knowledge(folder) is load_knowledge(folder)


def test_what_somebody_changed_is_read_anew(folder: Path) -> None:
    before = load_knowledge(folder)
    change(folder, "words.yml", "why: なぜ", "why: どうして")
    assert load_knowledge(folder).words != before.words


def test_a_misspelt_institution_is_named_with_the_one_that_was_meant(folder: Path) -> None:
    change(folder, "issues.yml", "{to: smrj_univ,", "{to: smrj_uni,")
    assert complaint(folder) == (
        'issues.yml: 事業承継 > education > referrals[0].to: no institution "smrj_uni"; did you mean "smrj_univ"?'
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "answers/appointment.yml",
            "said_as: asks_of_hours",
            "said_as: asks_of_hour",
            'appointment_any_hours.said_as: no phrase "asks_of_hour"; did you mean "asks_of_hours"?',
        ),
        (
            "matters.yml",
            "said_as: closes_for_good",
            "said_as: closes_for_goo",
            'matters.yml: haigyo: no phrase "closes_for_goo"; did you mean "closes_for_good"?',
        ),
        (
            "triage.yml",
            "told_by: of_subsidies",
            "told_by: of_subsidie",
            'no phrase "of_subsidie"; did you mean "of_subsidies"?',
        ),
    ],
)
def test_a_misspelt_phrase_is_found_on_load_and_not_in_a_talk(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    change(folder, file, old, new)
    assert said in complaint(folder)


def test_a_missing_key_is_named_with_its_path(folder: Path) -> None:
    change(folder, "issues.yml", "  acknowledge: 新しく商売を始めるご相談ですね。\n", "")
    assert complaint(folder) == "issues.yml: 創業 > acknowledge: field required"


def test_an_issue_without_questions_to_ask_is_refused(folder: Path) -> None:
    change(folder, "issues.yml", "\n  ask: [わたしの場合、", "\n  tip: [わたしの場合、")
    assert complaint(folder) == "issues.yml: 創業 > ask: field required"


def test_more_questions_to_ask_than_the_sheet_holds_are_refused(folder: Path) -> None:
    change(folder, "issues.yml", "    ask: [わたしの計画で", "    ask: [一, 二, わたしの計画で")
    assert complaint(folder) == "issues.yml: 創業 > before > ask: ensure this value has at most 4 items"


def test_a_key_nobody_knows_is_refused(folder: Path) -> None:
    change(folder, "institutions.yml", "  paper_name: 商工会\n", "  paper_name: 商工会\n  telefone: '1'\n")
    assert complaint(folder) == "institutions.yml: shokokai > telefone: extra fields not permitted"


def test_a_wrong_value_inside_a_road_is_found_by_its_place(folder: Path) -> None:
    change(
        folder,
        "issues.yml",
        "order: first, role: first_contact, when: お店が市にあるとき",
        "order: furst, role: first_contact, when: お店が市にあるとき",
    )
    assert complaint(folder).startswith("issues.yml: 創業 > referrals[0].order: string does not match")


def test_a_place_that_the_paper_does_not_have_is_refused(folder: Path) -> None:
    change(folder, "issues.yml", "cite: 別添2 イ}", "cite: 別添2 ワ}")
    assert complaint(folder) == "issues.yml: 創業 > referrals[0].cite: the paper has no 別添2 ワ"


def test_a_page_that_is_not_the_papers_is_refused(folder: Path) -> None:
    change(
        folder, "institutions.yml", "{section: 別添1, heading: ①, page: 3}", "{section: 別添1, heading: ①, page: 33}"
    )
    assert complaint(folder) == "institutions.yml: shokokai.paper[0].page: expected 3, found 33"


def test_one_alias_cannot_name_two_institutions(folder: Path) -> None:
    change(folder, "institutions.yml", "aliases: [会議所,", "aliases: [ハロワ,")
    assert "already names" in complaint(folder)


def test_text_that_is_not_yaml_is_reported_with_its_line(folder: Path) -> None:
    change(folder, "words.yml", "why: なぜ", "why: [なぜ")
    assert complaint(folder).startswith("words.yml, line ")


def test_a_missing_file_is_reported_with_its_path(folder: Path) -> None:
    (folder / "offices.yml").unlink()
    assert complaint(folder) == f"offices.yml: the file is missing; expected at {folder / 'offices.yml'}"


def test_a_network_with_an_issue_nobody_knows_is_refused(folder: Path) -> None:
    change(folder, "networks.yml", "issues: [人材確保]", "issues: [人材確保と]")
    assert complaint(folder) == (
        'networks.yml: kuwana_internship.issues: no issue "人材確保と"; did you mean "人材確保"?'
    )


def test_a_network_in_a_prefecture_that_is_none_is_refused(folder: Path) -> None:
    change(folder, "networks.yml", "prefecture: 鳥取県", "prefecture: 鳥取")
    assert complaint(folder) == 'networks.yml: tottori.prefecture: no prefecture "鳥取"; did you mean "鳥取県"?'


def test_a_network_in_an_area_that_is_not_listed_is_refused(folder: Path) -> None:
    change(folder, "networks.yml", "area: 多摩地域", "area: 多摩")
    assert complaint(folder).startswith('networks.yml: kadai_kaiketsu_tama.area: no area "多摩"')


def test_a_network_cannot_have_its_area_in_another_prefecture(folder: Path) -> None:
    change(folder, "networks.yml", "prefecture: 東京都\n  area:", "prefecture: 埼玉県\n  area:")
    assert complaint(folder) == (
        "networks.yml: kadai_kaiketsu_tama.area: 多摩地域 is in 東京都; expected the network there"
    )


def test_a_network_without_a_prefecture_is_refused(folder: Path) -> None:
    change(folder, "networks.yml", "prefecture: 三重県", "prefecture: null")
    assert complaint(folder).startswith("networks.yml: kuwana_internship > prefecture: ")


def test_a_network_led_by_nobody_we_know_is_refused(folder: Path) -> None:
    change(folder, "networks.yml", "first_asked: [prefecture_office]", "first_asked: [prefecture_offic]")
    assert complaint(folder) == (
        'networks.yml: tottori.first_asked: no institution "prefecture_offic"; did you mean "prefecture_office"?'
    )


def test_two_networks_cannot_share_an_id(folder: Path) -> None:
    change(folder, "networks.yml", "id: tottori", "id: all_fukushima")
    assert complaint(folder) == "networks.yml: all_fukushima.id: the id is used twice; expected one entry a network"


def test_a_road_out_of_order_is_refused(folder: Path) -> None:
    change(folder, "issues.yml", "{to: zeirishi, order: if_needed", "{to: zeirishi, order: first")
    assert "expected all `first` before `next` before `if_needed`" in complaint(folder)


def test_a_pattern_of_an_aside_that_fails_is_named(folder: Path) -> None:
    change(folder, "asides/fears.yml", "  said_as: '", "  said_as: '(")
    expected = "asides/fears.yml: afraid_of_the_tax_office.said_as: expected a regular expression, found one that fails"
    assert complaint(folder).startswith(expected)


def test_an_aside_that_stands_there_twice_is_refused(folder: Path) -> None:
    change(folder, "asides/wishes.yml", "- id: thinks_of_family", "- id: wants_to_keep_going")
    assert complaint(folder) == "asides/wishes.yml: wants_to_keep_going: stands there twice; expected each id once"
