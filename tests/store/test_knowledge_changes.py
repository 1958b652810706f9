"""A change of what the bot knows is approved by another person, one at a time for each entry, and can be undone."""

from __future__ import annotations

import threading
from typing import Any, Callable, List

import pytest

from bot.store import (
    Action,
    Audit,
    By,
    ChangeStep,
    Database,
    GoneError,
    KnowledgeChanges,
    KnowledgeText,
    OwnProposalError,
    ProposalState,
    TooLateError,
    Wanted,
)
from tests.store.patience import opened

HANAKO, JIRO, SABURO = (By(name, "192.0.2.7") for name in ("花子", "次郎", "三郎"))
TEXT = KnowledgeText("answers/cost.yml", "cost_any", "answer", "- id: cost_any\n", "- id: cost_any\n  answer: あ\n")
NOW = 1_800_000_000.0


class BrokenError(Exception):
    """The file cannot be written."""


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def changes(store: Database) -> KnowledgeChanges:
    return KnowledgeChanges(store, lambda: NOW)


def nothing() -> None:
    """There is no file."""


def broken() -> None:
    raise BrokenError


def state(changes: KnowledgeChanges, name: str) -> ProposalState:
    found = changes.of(name)
    assert found is not None
    return found.state


def test_what_is_proposed_waits_with_its_text_and_reason(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "古いので", HANAKO)
    [waits] = changes.all_in(ProposalState.PROPOSED)
    assert (waits.name, waits.text, waits.why, waits.who, waits.at) == (name, TEXT, "古いので", "花子", NOW)
    assert changes.open_entries() == {("answers/cost.yml", "cost_any")}


def test_another_person_approves_and_every_step_is_in_the_history(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    written: List[str] = []
    changes.approve(name, JIRO, lambda: written.append(name))
    assert (state(changes, name), written) == (ProposalState.WRITTEN, [name])
    assert [(taken.step, taken.who) for taken in changes.steps(name)] == [
        (ChangeStep.PROPOSED, "花子"),
        (ChangeStep.APPROVED, "次郎"),
        (ChangeStep.WRITTEN, "次郎"),
    ]
    assert [change.name for change in changes.history("answers/cost.yml", "cost_any", 5)] == [name]
    assert [change.decided_by for change in changes.decided(5)] == ["次郎"]
    assert changes.open_entries() == frozenset()


@pytest.mark.parametrize("what", ["approve", "refuse"])
def test_nobody_decides_on_their_own_change(changes: KnowledgeChanges, what: str) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    with pytest.raises(OwnProposalError):
        changes.approve(name, HANAKO, nothing) if what == "approve" else changes.refuse(name, HANAKO)
    assert state(changes, name) is ProposalState.PROPOSED


def test_a_second_change_of_the_same_entry_waits_for_the_first(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    with pytest.raises(TooLateError, match="花子"):
        changes.propose(TEXT, "", JIRO)
    changes.withdraw(name, HANAKO)
    assert state(changes, changes.propose(TEXT, "", JIRO)) is ProposalState.PROPOSED


def test_what_cannot_be_written_stays_as_it_was(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    with pytest.raises(BrokenError):
        changes.approve(name, JIRO, broken)
    assert state(changes, name) is ProposalState.PROPOSED
    assert [taken.step for taken in changes.steps(name)] == [ChangeStep.PROPOSED]


def test_what_was_approved_without_a_file_is_written_later(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    changes.approve(name, JIRO, None)
    assert state(changes, name) is ProposalState.APPROVED
    changes.write_down(name, SABURO, nothing)
    assert state(changes, name) is ProposalState.WRITTEN


def test_a_decision_is_undone_and_stands_before_others_again(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    out: List[int] = []
    changes.approve(name, JIRO, nothing)
    changes.undo(name, JIRO, lambda: out.append(1))
    assert (state(changes, name), out) == (ProposalState.PROPOSED, [1])
    changes.refuse(name, JIRO)
    changes.undo(name, JIRO, lambda: out.append(2))
    assert (state(changes, name), out) == (ProposalState.PROPOSED, [1])


def test_a_decision_is_not_undone_once_another_change_waits(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    changes.refuse(name, JIRO)
    changes.propose(TEXT, "", SABURO)
    with pytest.raises(TooLateError, match="三郎"):
        changes.undo(name, JIRO, nothing)


@pytest.mark.parametrize("what", ["approve", "refuse", "withdraw", "undo", "write_down"])
def test_what_is_not_there_cannot_be_decided(changes: KnowledgeChanges, what: str) -> None:
    more = () if what in ("refuse", "withdraw") else (nothing,)
    with pytest.raises(GoneError):
        getattr(changes, what)("x", JIRO, *more)


def test_of_many_who_approve_at_once_one_writes(changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    written: List[str] = []
    late: List[TooLateError] = []

    def approve(who: str) -> None:
        try:
            changes.approve(name, By(who, ""), lambda: written.append(who))
        except TooLateError as error:
            late.append(error)

    together([lambda who=f"人{number}": approve(who) for number in range(6)])
    assert (len(written), len(late)) == (1, 5)


def together(calls: List[Callable[..., Any]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_every_step_is_in_the_log(store: Database, changes: KnowledgeChanges) -> None:
    name = changes.propose(TEXT, "", HANAKO)
    changes.refuse(name, JIRO)
    changes.undo(name, JIRO, nothing)
    changes.approve(name, JIRO, nothing)
    entries = Audit(store).entries(Wanted(), 9)
    assert [(entry.action, entry.by.who, entry.about) for entry in reversed(entries)] == [
        (Action.CHANGE_PROPOSED, "花子", "cost_any"),
        (Action.CHANGE_REFUSED, "次郎", "cost_any"),
        (Action.CHANGE_UNDONE, "次郎", "cost_any"),
        (Action.CHANGE_APPROVED, "次郎", "cost_any"),
    ]
