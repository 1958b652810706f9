"""The demonstration is the same for everybody, of these days, and never in the way of the operator's bot."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Iterator

import pytest

from bot.demo.making import DAYS, FolderError, _clear, _note, settings, talks_to_have
from bot.demo.moving import move_on
from bot.demo.owners import End, owners
from bot.masking import masked
from bot.operator.environment import alone
from bot.operator.places import places
from bot.operator.store import store_address
from bot.sheets.shape import JAPAN
from bot.store import (
    ConversationFilter,
    Conversations,
    Figures,
    Period,
    Ratings,
    Reason,
    StoredHandoffs,
    TurnRecords,
)
from tests.store.conftest import address, postgresql_address
from tests.store.patience import opened
from tests.store.recorded import DAY_S, NOW, took_place

__all__ = ["address", "postgresql_address"]


def sentences() -> Iterator[str]:
    of_all = owners()
    yield from (*of_all.thanks, *of_all.person, *of_all.call_back, *of_all.places)
    yield from (words for talk in of_all.waiting for words in talk)
    for script in of_all.scripts:
        yield from (*script.say, *script.asks)


def test_nobody_in_it_has_a_number_of_their_own() -> None:
    assert [words for words in sentences() if masked(words) != words] == []


def test_no_two_owners_begin_alike_in_two_scripts() -> None:
    begins = [words for script in owners().scripts for words in script.say]
    assert len(begins) == len(set(begins)) >= 90


def test_the_same_talks_are_had_every_time() -> None:
    assert [(talk.conversation, talk.at, talk.script, talk.end) for talk in talks_to_have(owners(), 200, NOW)] == [
        (talk.conversation, talk.at, talk.script, talk.end) for talk in talks_to_have(owners(), 200, NOW)
    ]


def test_talks_are_of_the_last_months_by_day_through_every_channel_with_every_end() -> None:
    talks = talks_to_have(owners(), 200, NOW)
    assert all(NOW - (DAYS + 3) * DAY_S < talk.at < NOW for talk in talks)
    assert {datetime.fromtimestamp(talk.at, JAPAN).hour for talk in talks} <= set(range(8, 23))
    assert {talk.channel for talk in talks} == {"web", "line", "slack"}
    assert {talk.end for talk in talks} == set(End)
    assert len({talk.conversation for talk in talks}) == 200
    assert {talk.script.name for talk in talks} == {script.name for script in owners().scripts}


def test_nothing_that_the_operator_has_set_holds_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_STORE", "postgresql://operator/store")
    monkeypatch.setenv("KAKARITSUKE_LINE_CHANNEL_SECRET", "theirs")
    with alone(**settings(tmp_path)):
        assert store_address() is None
        assert places().var == tmp_path
        assert "KAKARITSUKE_LINE_CHANNEL_SECRET" not in os.environ
    assert os.environ["KAKARITSUKE_STORE"] == "postgresql://operator/store"
    assert os.environ["KAKARITSUKE_LINE_CHANNEL_SECRET"] == "theirs"


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("the operator's")
    with pytest.raises(FolderError, match="no demonstration"):
        _clear(tmp_path)
    assert (tmp_path / "store.sqlite").read_text() == "the operator's"


def test_an_older_demonstration_makes_room(tmp_path: Path) -> None:
    _note(tmp_path, "an older model", NOW)
    (tmp_path / "store.sqlite").write_text("older")
    _clear(tmp_path)
    assert not (tmp_path / "store.sqlite").exists()


def test_days_later_all_of_it_is_as_much_later(address: str) -> None:
    store = opened(address)
    took_place(store, "a", issue="創業", road_shown=True)
    took_place(store, "b", at=NOW + DAY_S)
    Ratings(store).rate("a", True, NOW)
    opened_at = StoredHandoffs(store).open("a", Reason.ASKED).opened_at
    move_on(store, 2)
    figures, later = Figures(store), Period(NOW + 2 * DAY_S, NOW + 4 * DAY_S)
    assert figures.overview(later).consultations == 2
    assert figures.overview(later).useful == 1
    assert [one.name for one in figures.by_day(later)] == ["2026-12-01", "2026-12-02"]
    assert figures.issues(later)[0].count == 1
    [first] = TurnRecords(store).of("a")
    assert (first.at, first.milliseconds) == (NOW + 2 * DAY_S, None)
    assert (StoredHandoffs(store).waiting()[0].opened_at - opened_at).days == 2
    assert [one.conversation for one in Conversations(store).listed(ConversationFilter(), now=NOW).conversations] == [
        "b",
        "a",
    ]
