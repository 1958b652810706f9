"""What waits to be looked through, who is first, what is proposed and decided, and that every step can be undone."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, List, Tuple

import pytest

from bot.review import ReviewReason
from bot.store import (
    Action,
    Audit,
    By,
    Database,
    Example,
    GoneError,
    OwnProposalError,
    Proposal,
    ProposalState,
    ProposedMove,
    Ratings,
    Reviews,
    Stood,
    TooLateError,
    Unsent,
    Wanted,
    WhatWasHeard,
    Written,
)
from bot.store.retention import forget_conversation, forget_old
from tests.store.patience import opened
from tests.store.recorded import DAY_S, HOUR_S, NOW, took_place

HANAKO, JIRO, SABURO = (By(name, "192.0.2.7") for name in ("花子", "次郎", "三郎"))
UNSURE, DENIED, LEFT, BAD = (
    ReviewReason.UNSURE,
    ReviewReason.DENIED,
    ReviewReason.LEFT,
    ReviewReason.BAD_RATING,
)
STOOD = Stood("prefecture", ("言わずに進む",), "資金繰り", "lending")
NO = (ProposedMove("no"),)


class ReadOnlyError(Exception):
    """The files cannot be written."""


class Clock:
    def __init__(self) -> None:
        self.now = NOW + HOUR_S

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(address: str) -> Database:
    return opened(address)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reviews(store: Database, clock: Clock) -> Reviews:
    return Reviews(store, clock)


def unsure(store: Database, conversation: str = "a", words: str = "さあ", **more: Any) -> int:
    """A turn that waits because it was not clear."""
    heard = WhatWasHeard(stood=STOOD)
    return took_place(store, conversation, words, **{"reasons": (UNSURE,), "heard": heard, **more})


def example(conversation: str = "a", number: int = 1, words: str = "さあ") -> Example:
    return Example(conversation, number, words, "どちらの都道府県ですか。", STOOD, NO)


def written(proposals: Tuple[Proposal, ...]) -> Tuple[Written, ...]:
    return tuple(Written("turns/prefecture.yml", proposal.example.words) for proposal in proposals)


def nothing(proposals: Tuple[Proposal, ...]) -> None:
    """There is no file to take anything out of."""


def waiting(reviews: Reviews, reason: ReviewReason = UNSURE) -> List[Tuple[str, int]]:
    return [(item.conversation, item.number) for item in reviews.queue(reason, 50)]


def test_a_turn_waits_for_each_of_its_reasons_with_the_words_that_came(store: Database, reviews: Reviews) -> None:
    unsure(store, reasons=(UNSURE, DENIED))
    unsure(store, "b", reasons=())
    assert waiting(reviews, UNSURE) == waiting(reviews, DENIED) == [("a", 1)]
    assert reviews.queue(UNSURE, 1)[0].words == "さあ"
    assert {reason: count for reason, count in reviews.counts().items() if count} == {UNSURE: 1, DENIED: 1}


def test_the_latest_waits_on_top_and_the_queue_goes_on_behind_any_of_them(store: Database, reviews: Reviews) -> None:
    for number in range(5):
        unsure(store, f"c{number}", at=NOW + number)
    first = reviews.queue(UNSURE, 2)
    assert [item.conversation for item in first] == ["c4", "c3"]
    assert [item.conversation for item in reviews.queue(UNSURE, 9, first[-1])] == ["c2", "c1", "c0"]
    before = reviews.before(UNSURE, first[-1])
    assert before is not None and before.conversation == "c4"


def test_a_conversation_waits_by_its_last_turn_once_it_was_left(
    store: Database, reviews: Reviews, clock: Clock
) -> None:
    took_place(store, "a", "お金が足りない", stands_open=True)
    took_place(store, "a", "ええと", at=NOW + 60, stands_open=True)
    assert waiting(reviews, LEFT) == []
    clock.now = NOW + 2 * DAY_S
    assert waiting(reviews, LEFT) == [("a", 2)]
    reviews.settle("a", 2, HANAKO)
    assert waiting(reviews, LEFT) == []


def test_a_bad_rating_waits_and_one_that_is_given_anew_waits_again(
    store: Database, reviews: Reviews, clock: Clock
) -> None:
    took_place(store, "a")
    Ratings(store).rate("a", useful=False)
    clock.now = time.time()
    assert waiting(reviews, BAD) == [("a", 1)]
    reviews.settle("a", 1, HANAKO)
    assert waiting(reviews, BAD) == []
    Ratings(store).rate("a", useful=True)
    clock.now = time.time() + 1
    Ratings(store).rate("a", useful=False)
    with store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE ratings SET rated_at = {clock.now + 1}")
    clock.now += 2
    assert waiting(reviews, BAD) == [("a", 1)]
    reviews.settle("a", 1, JIRO)
    assert waiting(reviews, BAD) == []


def test_what_was_looked_through_waits_for_no_reason_and_waits_again_when_that_is_undone(
    store: Database, reviews: Reviews
) -> None:
    unsure(store, reasons=(UNSURE, DENIED))
    reviews.settle("a", 1, HANAKO)
    assert waiting(reviews, UNSURE) == waiting(reviews, DENIED) == []
    assert reviews.settled_by("a", 1) == "花子"
    reviews.open_again("a", 1, JIRO)
    assert waiting(reviews, UNSURE) == waiting(reviews, DENIED) == [("a", 1)]
    assert reviews.settled_by("a", 1) is None


def test_who_looks_it_through_second_is_told_who_was_first(store: Database, reviews: Reviews) -> None:
    unsure(store)
    reviews.settle("a", 1, HANAKO)
    with pytest.raises(TooLateError, match="花子"):
        reviews.settle("a", 1, JIRO)
    with pytest.raises(TooLateError, match="花子"):
        reviews.propose([example()], JIRO)


def test_of_many_who_correct_the_same_message_at_once_one_is_first(store: Database, reviews: Reviews) -> None:
    unsure(store)
    outcomes: List[str] = []
    begin = threading.Barrier(4)

    def correct(by: By) -> None:
        begin.wait()
        try:
            reviews.propose([example()], by)
            outcomes.append("proposed")
        except TooLateError:
            outcomes.append("too late")

    threads = [threading.Thread(target=correct, args=(By(f"人{number}", ""),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["proposed", "too late", "too late", "too late"]
    assert len(reviews.all_in(ProposalState.PROPOSED)) == 1


def test_of_two_who_approve_at_once_one_writes(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    writes: List[str] = []
    begin = threading.Barrier(2)

    def approve(by: By) -> None:
        def write(proposals: Tuple[Proposal, ...]) -> Tuple[Written, ...]:
            writes.append(by.who)
            return written(proposals)

        begin.wait()
        with suppress(TooLateError):
            reviews.approve(name, by, write)

    threads = [threading.Thread(target=approve, args=(by,)) for by in (JIRO, SABURO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(writes) == 1
    assert reviews.together(name)[0].decided_by == writes[0]


def test_a_proposal_settles_its_message_and_is_kept_as_it_was_made(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    assert waiting(reviews) == []
    [kept] = reviews.together(name)
    assert (kept.example, kept.state, kept.who) == (example(), ProposalState.PROPOSED, "花子")
    assert reviews.standing("a", 1) == kept


def test_several_messages_are_proposed_and_decided_together_or_not_at_all(store: Database, reviews: Reviews) -> None:
    unsure(store)
    unsure(store, "b")
    with pytest.raises(GoneError):
        reviews.propose([example(), example("nowhere")], HANAKO)
    assert waiting(reviews) == [("b", 1), ("a", 1)]
    name = reviews.propose([example(), example("b")], HANAKO)
    reviews.refuse(name, JIRO)
    assert [proposal.state for proposal in reviews.together(name)] == [ProposalState.REFUSED] * 2
    assert waiting(reviews) == [("b", 1), ("a", 1)]


@pytest.mark.parametrize("who", ["花子", "花子 "])
def test_nobody_decides_on_their_own_proposal(store: Database, reviews: Reviews, who: str) -> None:
    unsure(store)
    name = reviews.propose([example()], By(who, ""))
    with pytest.raises(OwnProposalError):
        reviews.approve(name, By(who, "elsewhere"), written)
    with pytest.raises(OwnProposalError):
        reviews.refuse(name, By(who, "elsewhere"))
    assert reviews.together(name)[0].state is ProposalState.PROPOSED


def test_a_name_in_other_capitals_is_the_same_person(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], By("hanako", ""))
    with pytest.raises(OwnProposalError):
        reviews.approve(name, By("Hanako", ""), written)


def test_what_is_approved_is_written_with_who_and_where(store: Database, reviews: Reviews, clock: Clock) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    reviews.approve(name, JIRO, written)
    [kept] = reviews.together(name)
    assert (kept.state, kept.decided_by, kept.decided_at) == (ProposalState.WRITTEN, "次郎", clock.now)
    assert kept.written == Written("turns/prefecture.yml", "さあ")


def test_what_cannot_be_written_is_not_approved(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)

    def fail(proposals: Tuple[Proposal, ...]) -> Tuple[Written, ...]:
        raise ReadOnlyError

    with pytest.raises(ReadOnlyError):
        reviews.approve(name, JIRO, fail)
    assert reviews.together(name)[0].state is ProposalState.PROPOSED
    assert reviews.together(name)[0].decided_by is None


def test_what_is_approved_without_being_written_can_be_written_later(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    reviews.approve(name, JIRO, None)
    assert [proposal.state for proposal in reviews.all_in(ProposalState.APPROVED)] == [ProposalState.APPROVED]
    reviews.write_down(name, HANAKO, written)
    assert reviews.together(name)[0].state is ProposalState.WRITTEN
    assert reviews.together(name)[0].decided_by == "次郎"


def approved(reviews: Reviews, name: str) -> None:
    reviews.approve(name, JIRO, None)


def put_down(reviews: Reviews, name: str) -> None:
    reviews.approve(name, JIRO, written)


def refused(reviews: Reviews, name: str) -> None:
    reviews.refuse(name, JIRO)


@pytest.mark.parametrize("decide", [approved, put_down, refused])
def test_every_decision_can_be_undone_and_made_anew(
    store: Database, reviews: Reviews, decide: Callable[[Reviews, str], None]
) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    decide(reviews, name)
    reviews.undo(name, JIRO, nothing)
    [kept] = reviews.together(name)
    assert (kept.state, kept.decided_by, kept.decided_at, kept.written) == (ProposalState.PROPOSED, None, None, None)
    assert waiting(reviews) == []
    decide(reviews, name)
    assert reviews.together(name)[0].state is not ProposalState.PROPOSED


def test_a_proposal_can_be_taken_back_and_its_message_corrected_otherwise(store: Database, reviews: Reviews) -> None:
    unsure(store)
    first = reviews.propose([example()], HANAKO)
    reviews.withdraw(first, HANAKO)
    assert waiting(reviews) == [("a", 1)]
    second = reviews.propose([replace(example(), moves=(ProposedMove("yes"),))], JIRO)
    assert reviews.standing("a", 1) == reviews.together(second)[0]


def test_a_refusal_is_not_undone_over_what_was_corrected_otherwise_since(store: Database, reviews: Reviews) -> None:
    unsure(store)
    first = reviews.propose([example()], HANAKO)
    reviews.refuse(first, JIRO)
    reviews.propose([example()], SABURO)
    with pytest.raises(TooLateError, match="三郎"):
        reviews.undo(first, JIRO, nothing)
    assert reviews.together(first)[0].state is ProposalState.REFUSED


def test_what_was_written_is_taken_out_before_it_counts_as_undone(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    reviews.approve(name, JIRO, written)

    def fail(proposals: Tuple[Proposal, ...]) -> None:
        assert proposals[0].written == Written("turns/prefecture.yml", "さあ")
        raise ReadOnlyError

    with pytest.raises(ReadOnlyError):
        reviews.undo(name, JIRO, fail)
    assert reviews.together(name)[0].state is ProposalState.WRITTEN


def test_a_decision_is_made_once(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    reviews.refuse(name, JIRO)
    for again in (lambda: reviews.refuse(name, SABURO), lambda: reviews.approve(name, SABURO, written)):
        with pytest.raises(TooLateError, match="次郎"):
            again()
    with pytest.raises(TooLateError):
        reviews.withdraw(name, HANAKO)


def test_every_step_is_noted_with_who_took_it_and_without_words(store: Database, reviews: Reviews) -> None:
    unsure(store, words="zqxjvkw")
    reviews.settle("a", 1, HANAKO)
    reviews.open_again("a", 1, HANAKO)
    name = reviews.propose([example(words="zqxjvkw")], HANAKO)
    reviews.approve(name, JIRO, written)
    reviews.undo(name, SABURO, nothing)
    reviews.refuse(name, JIRO)
    entries = Audit(store).entries(Wanted(about="a"), 20)
    assert [(entry.by.who, entry.action) for entry in reversed(entries)] == [
        ("花子", Action.LOOKED_THROUGH),
        ("花子", Action.OPENED_AGAIN),
        ("花子", Action.PROPOSED),
        ("次郎", Action.PROPOSAL_APPROVED),
        ("三郎", Action.PROPOSAL_UNDONE),
        ("次郎", Action.PROPOSAL_REFUSED),
    ]
    assert "zqxjvkw" not in repr(entries)


def test_what_was_forgotten_is_neither_in_the_queue_nor_proposed(store: Database, reviews: Reviews) -> None:
    unsure(store)
    unsure(store, "b")
    name = reviews.propose([example(), example("b")], HANAKO)
    forget_conversation(store, "a")
    assert [proposal.example.conversation for proposal in reviews.together(name)] == ["b"]
    with pytest.raises(GoneError):
        reviews.settle("a", 1, HANAKO)
    with pytest.raises(GoneError):
        reviews.propose([example()], HANAKO)


def test_no_byte_of_what_was_proposed_is_left_of_a_forgotten_conversation(tmp_path: Path) -> None:
    store = Database(str(tmp_path / "store.sqlite"))
    unsure(store, words="zqxjvkw")
    Reviews(store).propose([example(words="zqxjvkw")], HANAKO)
    forget_conversation(store, "a")
    assert not any(b"zqxjvkw" in path.read_bytes() for path in tmp_path.iterdir())


def test_what_an_owner_takes_back_is_proposed_no_longer(store: Database, reviews: Reviews) -> None:
    unsure(store)
    name = reviews.propose([example()], HANAKO)
    with store.reading() as connection:
        [message] = connection.exec_driver_sql("SELECT message_id FROM turn_records").scalars()
    Unsent(store).add("a", message)
    assert reviews.together(name) == ()
    assert waiting(reviews) == []
    with pytest.raises(GoneError):
        reviews.propose([example()], HANAKO)


def test_proposals_go_with_the_messages_that_they_are_about(store: Database, reviews: Reviews) -> None:
    unsure(store, at=time.time() - 31 * DAY_S)
    unsure(store, "b", at=time.time())
    old, young = (reviews.propose([example(conversation)], HANAKO) for conversation in ("a", "b"))
    forget_old(store, 30)
    assert (len(reviews.together(old)), len(reviews.together(young))) == (0, 1)


def test_the_latest_messages_come_with_their_place_and_without_what_was_pressed(
    store: Database, reviews: Reviews
) -> None:
    unsure(store, words="東京です")
    unsure(store, "b", words="言わずに進む", pressed="prefecture.skip")
    took_place(store, "c", "場所のない記録")
    assert [(like.words, like.stood) for like in reviews.latest_messages(9)] == [("東京です", STOOD)]
