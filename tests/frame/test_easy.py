"""やさしい日本語 says what the usual words say, with the same things filled in; institutions can be read aloud."""

from __future__ import annotations

import string
from typing import Set

import pytest
import yaml

from bot.frame.easy import EASY, easy_text, part_with_readings, with_readings
from tests.conftest import ROOT

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
TEXTS = yaml.safe_load(EASY.read_text(encoding="utf-8"))


def filled_in(text: str) -> Set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("response", TEXTS)
def test_the_same_words_are_filled_in_as_in_the_usual_response(response: str) -> None:
    usual = set().union(*(filled_in(variation["text"]) for variation in RESPONSES[response]))
    assert filled_in(TEXTS[response]) <= usual
    assert usual - filled_in(TEXTS[response]) == set()


def test_every_question_of_a_talk_is_there() -> None:
    asked = {name for name in RESPONSES if name.startswith("utter_ask_")}
    assert asked - set(TEXTS) == set()


def test_a_name_has_its_reading_behind_it_once() -> None:
    assert with_readings("商工会議所に電話します") == "商工会議所（しょうこうかいぎしょ）に電話します"
    assert with_readings(with_readings("商工会議所")) == "商工会議所（しょうこうかいぎしょ）"


def test_addresses_stay_as_they_are() -> None:
    part = {"type": "notice", "facts": [{"label": "商工会", "url": "https://例え.jp/商工会"}]}
    read = part_with_readings(part)
    assert read["facts"][0] == {"label": "商工会（しょうこうかい）", "url": "https://例え.jp/商工会"}


def test_what_is_said_in_one_way_only_has_no_second() -> None:
    assert easy_text("utter_english") is None
