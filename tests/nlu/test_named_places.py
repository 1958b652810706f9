"""Names of towns in kana are found where a clause begins, and long ones behind a は, where nothing else is meant."""

from __future__ import annotations

from typing import List, Optional

import pytest
from rasa.nlu.tokenizers.tokenizer import Token

from bot.knowledge import load_knowledge
from bot.nlu.named_places import named_places
from bot.nlu.places import Places, places


@pytest.fixture(scope="module")
def known() -> Places:
    knowledge = load_knowledge()
    return places(knowledge.prefectures, knowledge.districts)


def letters(text: str) -> List[Token]:
    """The text cut into its characters, so that every place may begin a word."""
    return [Token(character, at, data={"tag": "名詞"}) for at, character in enumerate(text)]


def municipalities(known: Places, text: str) -> List[Optional[str]]:
    return [place.municipality for place in named_places(known, text, letters(text))]


@pytest.mark.parametrize("text", ["おおいずみまちです", "わたしのみせはおおいずみまちです", "こちらもおおいずみまちの"])
def test_a_town_in_kana_is_found(known: Places, text: str) -> None:
    assert "大泉町" in municipalities(known, text)


@pytest.mark.parametrize("text", ["そんなことばかりいた", "きょうはみなとです", "みせはかわのそばです"])
def test_short_kana_within_a_clause_are_no_town(known: Places, text: str) -> None:
    assert municipalities(known, text) == []
