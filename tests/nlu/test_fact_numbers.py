"""Numbers of people are read whole, in digits or in kanji, and what mixes both is read by its first part."""

from __future__ import annotations

import pytest

from bot.nlu.employee_count_extractor import as_number
from bot.nlu.fact_finder import _NUMBER


@pytest.mark.parametrize(("said", "count"), [("六人", 6), ("12人", 12), ("十二", 12), ("1三人", 1)])
def test_a_number_of_people_is_read(said: str, count: int) -> None:
    found = _NUMBER.search(said)
    assert found is not None and as_number(found.group()) == count
