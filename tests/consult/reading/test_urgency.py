"""A payment that falls due within days is heard, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.consult.reading.urgency import is_urgent


@pytest.mark.parametrize(
    "text",
    [
        "月末の支払いが足りません",
        "あさって手形が落ちるのに口座に金がない",
        "給料日が金曜で、どう払うたらええか",
        "返済日まであと３日しかない",
        "来週、銀行の引き落としができない",
    ],
)
def test_a_near_date_is_urgent(text: str) -> None:
    assert is_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        "返済が苦しい",
        "来週から店を改装します",
        "支払いの条件を相談したい",
        "五年後に返し終わります",
        "今月はお客さんが少ない",
    ],
)
def test_without_a_date_or_a_payment_it_is_not(text: str) -> None:
    assert not is_urgent(text)


@given(st.text(max_size=1000))
def test_whatever_is_typed_it_is_answered(text: str) -> None:
    assert is_urgent(text) in (True, False)
