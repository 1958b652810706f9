"""A trial is written down as a test that is read back as it went, and a test is put right with its comments kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.console.engine import Difference
from bot.console.written_talks import WrittenTalkError, WrittenTalks, is_name_of_a_file, lines_of, one_story
from bot.evaluation.dialogues import dialogues_in
from bot.messages import Message, Referral, ReferralStep
from bot.store import Spoken, StateAfter, TurnRecord, WhatDecided
from tests.conftest import ROOT

STEPS = tuple(
    ReferralStep(name, name, "first", "まず", "role", "今週", "別添2 ヌ、16ページ", ()) for name in ("a", "b")
)
OPENS = TurnRecord(
    "trial",
    "trial",
    "1",
    0.0,
    "お金: 足りない # 「はい」",
    said=(Spoken("utter_notice", Message("。")), Spoken("utter_ask_prefecture", Message("どちら？"))),
    after=StateAfter("資金繰り", "lending", None, "prefecture"),
)
REFERRED = TurnRecord(
    "trial",
    "trial",
    "2",
    0.0,
    "埼玉",
    pressed="prefecture.11",
    decided=WhatDecided(effects=("make_sheet",)),
    said=(Spoken("utter_refer", Message("案内", Referral("道", "資金繰り", "lending", STEPS))),),
    after=StateAfter("資金繰り", "lending", "埼玉県"),
)
FILE = """# はじめの注
- title: ひとつめ
  say:
  - owner: こんにちは
  - bot_says: utter_greet
    bot_asks: issue

# ふたつめの注
- title: ふたつめ
  say:
  - owner: 返済が苦しい   # 言葉の注
  - bot_asks: prefecture
    bot_mentions: 都道府県
  - owner: 青森です
  - bot_mentions: なにか
  - bot_refers: [local_bank, saisei_kyogikai]
    cites: 別添2 ヌ
"""


@pytest.fixture
def written(tmp_path: Path) -> WrittenTalks:
    for folder in ("dialogues", "stories"):
        (tmp_path / folder).mkdir()
    return WrittenTalks(tmp_path / "dialogues", tmp_path / "stories")


@pytest.fixture
def file(tmp_path: Path, written: WrittenTalks) -> Path:
    path = tmp_path / "dialogues" / "会話.yml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_trial_is_written_as_the_conversations_are() -> None:
    assert lines_of([OPENS, REFERRED]) == [
        {
            "owner": "お金: 足りない # 「はい」",
            "bot_says": "utter_notice",
            "bot_asks": "prefecture",
            "issue": "資金繰り",
            "sub_issue": "lending",
        },
        {"bot_says": "utter_ask_prefecture"},
        {
            "owner": "埼玉",
            "pressed": "prefecture.11",
            "bot_says": "utter_refer",
            "bot_asks": None,
            "bot_refers": ["a", "b"],
            "cites": "別添2 ヌ",
        },
    ]


def test_a_new_file_has_the_trial_with_its_comment(written: WrittenTalks) -> None:
    written.with_dialogue("新しい", "題：一つ", "2026-11-30 試した会話", [OPENS, REFERRED]).write()
    assert [(talk.title, talk.owners) for talk in written.talks("新しい")] == [
        ("題：一つ", ("お金: 足りない # 「はい」", "埼玉"))
    ]


def test_what_is_written_is_read_by_who_plays_it(written: WrittenTalks) -> None:
    change = written.with_dialogue("新しい", "題", "注", [OPENS, REFERRED])
    change.write()
    [dialogue] = dialogues_in(change.path)
    assert list(dialogue.lines) == lines_of([OPENS, REFERRED])


def test_a_file_that_is_there_keeps_its_text(written: WrittenTalks, file: Path) -> None:
    written.with_dialogue("会話", "三つめ", "注", [OPENS]).write()
    text = file.read_text(encoding="utf-8")
    assert text.startswith(FILE)
    assert [talk.title for talk in written.talks("会話")] == ["ひとつめ", "ふたつめ", "三つめ"]


def test_only_the_lines_that_are_added_are_shown(written: WrittenTalks, file: Path) -> None:
    change = written.with_dialogue("会話", "三つめ", "注", [OPENS])
    assert [line for line in change.lines if line.startswith("-")] == []
    assert "+- title: 三つめ" in change.lines


def test_a_story_has_what_was_said_effects_first_and_what_is_kept(written: WrittenTalks) -> None:
    written.with_story("新しい", "題", "注", [OPENS, REFERRED]).write()
    [story] = written.stories("新しい")
    assert story.text == one_story("題", [OPENS, REFERRED])
    assert "- action: action_make_sheet\n  - action: utter_refer\n" in story.text


def test_a_story_goes_behind_those_of_a_file_that_is_there(written: WrittenTalks, tmp_path: Path) -> None:
    for title in ("一", "二"):
        written.with_story("新しい", title, "注", [OPENS]).write()
    assert [story.title for story in written.stories("新しい")] == ["一", "二"]


def test_a_file_that_was_changed_meanwhile_is_not_written_over(written: WrittenTalks, file: Path) -> None:
    change = written.with_dialogue("会話", "三つめ", "注", [OPENS])
    file.write_text(f"{FILE}# もう一つ\n", encoding="utf-8")
    with pytest.raises(WrittenTalkError):
        change.write()
    assert file.read_text(encoding="utf-8") == f"{FILE}# もう一つ\n"


def test_what_was_written_can_be_taken_back(written: WrittenTalks, file: Path, tmp_path: Path) -> None:
    for name in ("会話", "新しい"):
        change = written.with_dialogue(name, "三つめ", "注", [OPENS])
        change.write()
        change.taken_back().write()
    assert file.read_text(encoding="utf-8") == FILE
    assert written.files() == ("会話",)


@pytest.mark.parametrize("name", ["会話", "ふだんの相談2", "long_enough-", "a" * 30])
def test_a_file_may_be_called_by_a_word(name: str) -> None:
    assert is_name_of_a_file(name) is ("-" not in name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "a b", "a.yml", "a" * 31, "a\0", "\n", "会話\n"]
)
def test_no_file_is_called_by_what_leads_elsewhere(name: str) -> None:
    assert not is_name_of_a_file(name)


def test_what_differs_is_put_right_and_all_else_stays(written: WrittenTalks, file: Path) -> None:
    talk = written.talks("会話")[1]
    differences = [
        Difference(1, "bot_asks", "prefecture", None, ""),
        Difference(1, "bot_mentions", "都道府県", None, "", leaves_nothing=True),
        Difference(3, "bot_mentions", "なにか", None, "", leaves_nothing=True),
        Difference(4, "bot_refers", ["local_bank", "saisei_kyogikai"], ["yorozu", "cci"], ""),
    ]
    written.put_right(talk, differences, "2026-11-30 わけ").write()
    assert file.read_text(encoding="utf-8") == FILE.replace(
        "- title: ふたつめ", "# 2026-11-30 わけ\n- title: ふたつめ"
    ).replace("  - bot_asks: prefecture\n    bot_mentions: 都道府県\n", "  - bot_asks: null\n").replace(
        "  - bot_mentions: なにか\n", ""
    ).replace("[local_bank, saisei_kyogikai]", "[yorozu, cci]")


def test_a_reason_of_several_lines_stays_a_comment(written: WrittenTalks, file: Path) -> None:
    talk = written.talks("会話")[0]
    written.put_right(talk, [Difference(1, "bot_asks", "issue", "sheet", "")], "わけ\n- title: にせもの").write()
    assert [one.title for one in written.talks("会話")] == ["ひとつめ", "ふたつめ"]


def test_a_talk_that_is_another_by_now_is_not_found(written: WrittenTalks, file: Path) -> None:
    assert written.talk("会話", 1, "ふたつめ") is not None
    assert [written.talk("会話", number, title) for number, title in ((0, "ふたつめ"), (2, "x"))] == [None, None]


@pytest.mark.parametrize("text", ["{", "a: b", "- x", "- title: x", "[]]", "- [1]"])
def test_a_file_of_something_else_is_named(written: WrittenTalks, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrittenTalkError, match="会話.yml"):
        written.talks("会話")


def test_nothing_outside_the_folder_is_read(written: WrittenTalks, tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(FILE, encoding="utf-8")
    assert written.talks("../x") == ()


def test_where_the_tests_are_not_installed_there_are_none(tmp_path: Path) -> None:
    nowhere = WrittenTalks(tmp_path / "nowhere", tmp_path / "nowhere")
    assert (nowhere.are_here, nowhere.can_be_written, nowhere.files(), nowhere.talks("会話")) == (False, False, (), ())


def test_a_conversation_of_every_file_of_the_project_can_be_put_right() -> None:
    written = WrittenTalks(ROOT / "tests" / "dialogues", ROOT / "data" / "stories")
    talks = [written.talks(file)[-1] for file in written.files()]
    assert len(talks) > 20
    for talk in talks:
        wrong = [
            Difference(at, key, line[key], None if key == "bot_mentions" else "x", "", key == "bot_mentions")
            for at, line in enumerate(talk.lines)
            for key in ("bot_asks", "issue", "bot_mentions")
            if key in line
        ]
        assert written.put_right(talk, wrong, "わけ").after


def test_words_that_look_like_yaml_are_read_back_as_they_are(written: WrittenTalks) -> None:
    for words in ("yes", "3", "null", "- a", "{a: b}", "'", '"', "a\nb", "@x", "*", "&a", "%", "2026-11-30"):
        change = written.with_dialogue("新しい", words, "", [replace(OPENS, words=words)])
        change.write()
    assert [talk.owners[0] for talk in written.talks("新しい")][-2:] == ["%", "2026-11-30"]
