"""Message parts travel as JSON and read well as plain text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.cards import help_card, referral_card
from bot.consult.road import road
from bot.knowledge import Knowledge
from bot.messages import Choice, Choices, Fact, Notice, part_from_json, part_to_json
from tests.consult.conftest import a_consultation


def test_a_referral_comes_back_from_json_as_it_was(knowledge: Knowledge) -> None:
    part = referral_card(knowledge, road(knowledge, a_consultation(issue="資金繰り", sub_issue="turnaround")))
    assert part_from_json(json.loads(json.dumps(part_to_json(part)))) == part


def test_a_notice_comes_back_from_json_as_it_was(knowledge: Knowledge) -> None:
    part = help_card(knowledge, "岩手県")
    assert part_from_json(json.loads(json.dumps(part_to_json(part)))) == part


def test_a_notice_that_was_kept_when_a_line_had_one_link_is_read() -> None:
    line = {"label": "電話", "text": "0120-1（平日）", "link": "tel:0120-1"}
    part = part_from_json({"type": "notice", "title": "窓口", "lines": [line]})
    assert part == Notice("窓口", (Fact("電話", "0120-1（平日）", "tel:0120-1"),))


def test_a_road_that_was_kept_before_steps_had_a_short_form_is_read_and_said_whole() -> None:
    step = {
        **dict.fromkeys(("institution_id", "order", "role", "citation"), "x"),
        "institution": "商工会",
        "order_label": "まず",
        "when": "いつでも",
        "facts": [{"label": "なぜ", "text": "身近です。", "link": None}],
    }
    closing = [{"label": "持ち物", "text": "決算書", "link": None}]
    part = part_from_json(
        {"type": "referral", "title": "道", "issue": "創業", "sub_issue": None, "steps": [step], "closing": closing}
    )
    assert part.plain() == "【まず】商工会（いつでも）\n・なぜ：身近です。\n\n■持ち物：決算書"


def test_all_addresses_of_a_line_stand_in_its_text() -> None:
    two = Fact("窓口", "本店と支店", "https://example.jp/1", ("https://example.jp/2", "tel:119"))
    assert two.links == ("https://example.jp/1", "https://example.jp/2", "tel:119")
    assert two.plain() == "窓口：本店と支店 https://example.jp/1 https://example.jp/2"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=12))
def test_any_choices_come_back_from_json_as_they_were(pairs: "list[tuple[str, str]]") -> None:
    part = Choices(tuple(Choice(choice_id, label) for choice_id, label in pairs))
    assert part_from_json(json.loads(json.dumps(part_to_json(part)))) == part


def test_choices_are_numbered_in_plain_text() -> None:
    assert Choices((Choice("a", "はい"), Choice("b", "いいえ"))).plain() == "1. はい\n2. いいえ"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"type": "choices"},
        {"type": "menu"},
        {"type": "notice", "title": "x"},
        {"type": "referral", "steps": 3},
        {"type": "notice", "title": "x", "lines": [3]},
        {"type": "notice", "title": "x", "lines": [{"more_links": 3}]},
    ],
)
def test_json_that_is_no_part_is_refused_in_words(wrong: "dict[str, object]") -> None:
    with pytest.raises(ValueError, match="message part"):
        part_from_json(wrong)
