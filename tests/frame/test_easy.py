"""やさしい日本語 says what the usual words say, with the same things filled in; institutions can be read aloud."""

from __future__ import annotations

import string
from typing import Set

import pytest
import yaml

from bot.frame.easy import EASY, easily_read, easy_text, part_easily_read
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
    assert easily_read("商工会に行きます", kana_alone=True) == "商工会（しょうこうかい）に いきます"
    assert easily_read("商工会に行きます", kana_alone=False) == "商工会（しょうこうかい）に 行き（いき）ます"


@pytest.mark.parametrize("kana_alone", [True, False])
def test_what_is_read_already_is_not_read_twice(kana_alone: bool) -> None:
    once = easily_read("商工会議所に電話（でんわ）します", kana_alone)
    assert easily_read(once, kana_alone) == once


def test_addresses_stay_as_they_are() -> None:
    part = {"type": "notice", "facts": [{"label": "商工会", "url": "https://例え.jp/商工会"}]}
    read = part_easily_read(part, kana_alone=True)
    assert read["facts"][0] == {"label": "商工会（しょうこうかい）", "url": "https://例え.jp/商工会"}


def test_what_is_said_in_one_way_only_has_no_second() -> None:
    assert easy_text("utter_english") is None
