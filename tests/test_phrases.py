"""Every pattern that is matched by hand matches what it says, and leaves alone what it says."""

from __future__ import annotations

import pytest

from bot.normalization import normalized
from bot.phrases import pattern, phrases

NAMES = sorted(phrases())


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_matches_its_sentences(name: str) -> None:
    assert [text for text in phrases()[name].matches if not pattern(name).search(normalized(text))] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_leaves_other_sentences_alone(name: str) -> None:
    assert [text for text in phrases()[name].leaves if pattern(name).search(normalized(text))] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_says_why_it_stands(name: str) -> None:
    assert phrases()[name].why
