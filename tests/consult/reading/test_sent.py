"""Who only says that somebody sent them has told nothing of the matter yet."""

from __future__ import annotations

import pytest

from bot.consult.reading.sent import is_only_sent


@pytest.mark.parametrize(
    "text",
    ["税理士に相談してこいと言われて", "女房に行けとうるさく言われまして", "組合の人に勧められて来ました"],
)
def test_who_was_sent_by_somebody_only_says_so(text: str) -> None:
    assert is_only_sent(text)


@pytest.mark.parametrize(
    "text",
    [
        "銀行に返済を待てないと言われた",
        "求人を出しても来ません",
        "税理士に相談してこいと言われて来ましたが、実は三年前から赤字が続いていて、今月の支払いがもうできません",
    ],
)
def test_who_tells_of_the_matter_is_not_only_sent(text: str) -> None:
    assert not is_only_sent(text)
