"""What the operator sets is read as it is meant, or refused with its name."""

from __future__ import annotations

import pytest

from bot.operator.address import AddressError, public_url
from bot.operator.desk import DeskError, desk


def test_a_sheet_is_kept_for_thirty_days_unless_the_operator_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAKARITSUKE_SHEET_DAYS", raising=False)
    assert desk().sheet_days == 30
    monkeypatch.setenv("KAKARITSUKE_SHEET_DAYS", "7")
    assert desk().sheet_days == 7


@pytest.mark.parametrize("days", ["0", "-1", "367", "a month", "1.5", "７", "1e3"])
def test_a_number_of_days_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("KAKARITSUKE_SHEET_DAYS", days)
    with pytest.raises(DeskError, match="KAKARITSUKE_SHEET_DAYS: expected whole days from 1 to 366"):
        desk()


@pytest.mark.parametrize("address", ["", "soudan.example.jp", "javascript:alert(1)"])
def test_a_public_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    with pytest.raises(AddressError, match="KAKARITSUKE_PUBLIC_URL"):
        public_url()
