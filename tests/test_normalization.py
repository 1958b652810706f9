"""One spelling for what owners type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.normalization import bare, normalized, readable, text_to_read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ｼｷﾝｸﾞﾘ", "シキングリ"),
        ("１５人", "15人"),
        ("㈱山田", "(株)山田"),
        ("お 店\u200b", "お 店"),
        ("a\ud800b", "ab"),
        ("一\n二", "一 二"),
    ],
)
def test_width_marks_and_invisible_characters_make_no_difference(typed: str, meant: str) -> None:
    assert normalized(typed) == meant


@pytest.mark.parametrize("typed", ["大丈夫です。", "大丈夫", "大丈夫ですー", " 大丈夫!! "])
def test_a_short_answer_is_compared_without_politeness_and_marks(typed: str) -> None:
    assert bare(typed) == "大丈夫"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_normalised_text_can_always_be_encoded_and_stays_as_it_is(text: str) -> None:
    once = normalized(text)
    once.encode("utf-8")
    assert normalized(once) == once
    assert readable(readable(text)) == readable(text)


def test_words_with_a_space_after_each_are_joined() -> None:
    assert text_to_read("きって の みせ です。お客さん すくない") == "きってのみせです。お客さんすくない"


@pytest.mark.parametrize("typed", ["富山 私と母", "入金が遅い 単価も安い 人も足りないまま 春になりました"])
def test_a_space_that_parts_two_matters_stays(typed: str) -> None:
    assert text_to_read(typed) == typed
