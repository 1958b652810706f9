"""What can be pressed at any time has its words in one file, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.at_any_time import AtAnyTimeError, at_any_time, choice_at_any_time, choices_in
from bot.messages import BACK_TO_BOT, IN_DISTRESS, PERSON, TO_BE_FORGOTTEN

ALL = f"{PERSON}: 人に相談する\n{IN_DISTRESS}: つらいとき\n{TO_BE_FORGOTTEN}: 記録を消したい\n{BACK_TO_BOT}: 戻る\n"
EXPECTED = "expected talk.person, talk.distress, talk.forget, talk.bot, each with its label"


def test_a_person_and_help_in_distress_can_be_pressed_at_any_time() -> None:
    assert [choice.id for choice in at_any_time()] == [PERSON, IN_DISTRESS]
    assert choice_at_any_time(IN_DISTRESS) == at_any_time()[1]
    assert choice_at_any_time("issue.創業") is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[", "at_any_time.yml: "),
        ("", EXPECTED),
        (f"{PERSON}: 人に相談する", EXPECTED),
        (f"{ALL}talk.more: x", EXPECTED),
        (ALL.replace("つらいとき", "''"), "talk.distress: expected a label of at most 20 characters"),
        (ALL.replace("つらいとき", "1"), "talk.distress: expected a label"),
        (ALL.replace("つらいとき", "あ" * 21), "talk.distress: expected a label"),
    ],
    ids=["not YAML", "empty", "one only", "one more", "no label", "a number", "too long"],
)
def test_a_wrong_file_is_named_with_its_place(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "at_any_time.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AtAnyTimeError, match="at_any_time.yml") as error:
        choices_in(file)
    assert named in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AtAnyTimeError, match="at_any_time.yml"):
        choices_in(tmp_path / "at_any_time.yml")
