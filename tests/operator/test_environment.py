"""The operator's settings are read from the environment when they are asked for, and a mistake is one line."""

from __future__ import annotations

import os

import pytest

from bot.operator.desk import DeskError, desk
from bot.operator.offices import offices_file
from bot.operator.set_up import SetUpError
from bot.operator.store import store_address


def test_a_changed_variable_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF_HOURS", "平日の9時から17時")
    assert desk().hours == "平日の9時から17時"
    monkeypatch.setenv("KAKARITSUKE_STAFF_HOURS", "平日の10時から16時")
    assert desk().hours == "平日の10時から16時"
    monkeypatch.delenv("KAKARITSUKE_STAFF_HOURS")
    assert desk().hours is None


def test_a_blank_variable_counts_as_not_set_and_spaces_around_a_value_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "  ")
    monkeypatch.setenv("KAKARITSUKE_STAFF", " ON\n")
    assert (desk().keep_days, desk().staff) == (30, True)


def test_another_spelling_of_a_variable_is_another_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("kakaritsuke_keep_days", "7")
    assert desk().keep_days == 30


@pytest.mark.parametrize("value", ["yes", "1", "true", "おん"])
def test_a_switch_that_is_neither_on_nor_off_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KAKARITSUKE_STAFF", value)
    with pytest.raises(DeskError) as raised:
        desk()
    assert str(raised.value) == f"KAKARITSUKE_STAFF: expected on or off, found {value!r}"


def test_a_mistake_is_told_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "many")
    for _ in range(2):
        with pytest.raises(DeskError, match="KAKARITSUKE_KEEP_DAYS: expected whole days from 1 to 3650, found 'many'"):
            desk()


@pytest.mark.parametrize("name", ["KAKARITSUKE_STORE", "KAKARITSUKE_OFFICES", "KAKARITSUKE_STAFF_HOURS"])
def test_bytes_that_are_no_text_are_one_line_that_can_be_printed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, os.fsdecode(b"/tmp/\xff.yml"))
    with pytest.raises(SetUpError) as raised:
        desk(), store_address(), offices_file()
    assert str(raised.value) == f"{name}: expected text in UTF-8, found bytes that are none"
