"""What owners say in passing is found in its own words and nowhere else; what is said to it is short."""

from __future__ import annotations

import re
from typing import List

import pytest

from bot.knowledge import Aside, load_knowledge
from bot.normalization import text_to_read
from bot.phrases import pattern

ASIDES = tuple(load_knowledge().asides.values())
FOUND = [(aside.id, sentence) for aside in ASIDES for sentence in aside.matches]
LEFT = [(aside.id, sentence) for aside in ASIDES for sentence in aside.leaves]
LONGEST = 60


def finds(name: str, sentence: str) -> bool:
    """As a message of the owner's own that asks nothing is read."""
    read = text_to_read(sentence)
    asks = bool(re.search(r"[?？]|(?:です|ます|でしょう|ません)か[。]?$|教えて", read))
    of_others = bool(pattern("speaks_of_others").search(read))
    return bool(load_knowledge().asides[name].said_as.search(read)) and not asks and not of_others


@pytest.mark.parametrize(("name", "sentence"), FOUND)
def test_an_aside_is_found_in_its_sentences(name: str, sentence: str) -> None:
    assert finds(name, sentence)


@pytest.mark.parametrize(("name", "sentence"), LEFT)
def test_an_aside_is_not_found_in_a_near_miss(name: str, sentence: str) -> None:
    assert not finds(name, sentence)


@pytest.mark.parametrize("aside", ASIDES, ids=[aside.id for aside in ASIDES])
def test_what_is_said_to_an_aside_is_short_and_asks_nothing(aside: Aside) -> None:
    sentences: List[str] = [s for reply in aside.reply for s in re.split("(?<=。)", reply) if s]
    assert [s for s in sentences if len(s) > LONGEST or not s.endswith("。") or s.endswith("か。")] == []


def test_no_two_asides_are_answered_alike() -> None:
    replies = [reply for aside in ASIDES for reply in aside.reply]
    assert len(replies) == len(set(replies))
