"""The operator's limits: numbers that make sense, or one line that names the setting."""

from __future__ import annotations

import pytest

from bot.operator.limits import Limits, LimitsError, limits

NAMES = [f"KAKARITSUKE_{field.upper()}" for field in Limits.__fields__]


def test_by_default_a_chamber_and_a_mobile_carrier_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, " ")
    now = limits()
    assert (now.most_streams_per_address, now.most_connections_per_address) == (200, 500)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "１２", "100001"])
def test_what_makes_no_sense_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(LimitsError) as raised:
        limits()
    assert str(raised.value) == f"{name}: expected a whole number from 1 to 100000, found {value!r}"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_set_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")
    assert getattr(limits(), name[len("KAKARITSUKE_") :].lower()) == 7
