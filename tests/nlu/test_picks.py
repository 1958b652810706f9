"""What a message and a label have in common: its number in any writing, what both say of all of them, and its words."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from bot.nlu.picks import _longest_in_common, _numbers_said, _roles_of, _roles_shared, _shared_words
from bot.normalization import normalized

FOUR = 4


def numbers(text: str) -> List[int]:
    return sorted({said.number for said in _numbers_said(normalized(text), FOUR)})


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("いちばん下でいいわ", [4]),
        ("一番上のやつ", [1]),
        ("一番で", [1]),
        ("ふたつめ", [2]),
        ("前者ですね", [1]),
        ("後者かな", [4]),
        ("３つ目", [3]),
        ("下から二番目", [3]),
        ("貼り紙して5か月、電話は2件", []),
        ("一番困っているのは人です", []),
        ("二つ目の店の届けは済みました", []),
    ],
)
def test_a_number_is_heard_in_any_writing_and_a_count_is_none(text: str, taken: List[int]) -> None:
    assert numbers(text) == taken


@pytest.mark.parametrize(
    ("text", "label", "both"),
    [
        ("どっちもだで、順ぐりに", "どちらも", (True, False, False)),
        ("どれも違う", "どれでもない・わからない", (False, True, False)),
        ("さっぱりだ", "わからない", (False, False, True)),
        ("どちらも足りてます", "どちらも", (False, False, False)),
    ],
)
def test_a_label_of_no_matter_is_met_by_what_says_the_same(text: str, label: str, both: Tuple[bool, ...]) -> None:
    shared = list(_roles_shared(_roles_of(normalized(text)), _roles_of(normalized(label))))
    assert tuple(shared[1::2]) == both


def test_a_word_that_only_one_label_has_counts_for_that_label() -> None:
    labels = [frozenset({"売る", "先"}), frozenset({"海外", "売る"})]
    (_, first_alone, _), (share, alone, any_alone) = _shared_words(frozenset({"海外", "売る"}), labels)
    assert (first_alone, share, alone, any_alone) == (0.0, 1.0, 1.0, True)


def test_how_much_of_a_label_stands_in_the_text() -> None:
    assert _longest_in_common("海外に売りたい", "海外たい海外") == pytest.approx(2 / 7)
    assert _longest_in_common("", "何か") == 0.0
