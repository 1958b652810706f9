"""Everything that the review may show or offer has a name in Japanese, and what it offers can be chosen and learnt."""

from __future__ import annotations

from typing import Any, Dict, Set

import pytest

from bot.console import fit, review
from bot.console.move_choices import ALONE, COMPLAINS_OF, FACTS, FEELINGS, TOPICS, groups, likely, move_of, token_of
from bot.console.pages import _templates
from bot.consult import moves
from bot.consult.moves import Move
from bot.consult.place import Place, Waiting
from bot.knowledge import Knowledge
from bot.nlu.move_reader import kinds_of
from bot.nlu.turn_rows import LabelledMove, TurnRow, rows_of_folder
from bot.review import ReviewReason
from bot.store import ProposalState, ProposedMove, Stood
from tests.conftest import ROOT

PLACE = Stood("which_issue", ("お金のこと", "人のこと", "ほかのこと"))


def words(name: str) -> Dict[str, str]:
    found: Any = _templates().get_template("_review_words.html").module
    return dict(getattr(found, name))


def said(move: ProposedMove, stood: Stood = PLACE) -> str:
    template: Any = _templates().get_template("_review_words.html").module
    return str(template.say(move, stood, review.names_of_matters()))


def test_every_reason_place_state_topic_feeling_and_fact_has_a_name() -> None:
    assert set(words("reasons")) == {reason.value for reason in ReviewReason}
    assert set(words("places")) == {waiting.value for waiting in Waiting}
    assert set(words("states")) == {state.value for state in ProposalState}
    assert set(TOPICS) <= set(words("topics"))
    assert set(FEELINGS) <= set(words("feelings"))
    assert set(words("complains")) == set(COMPLAINS_OF)
    assert set(words("slots")) == set(FACTS)
    assert set(words("moves")) == set(ALONE)


def test_everything_that_may_be_in_the_way_of_an_example_is_said() -> None:
    ours = {fit.EMPTY, fit.TOO_LONG, fit.HIDDEN, fit.NUMBER, *(refused.kind for refused in fit.rules().refused)}
    theirs = {review.NO_MOVE, review.NAMES, review.OFFERED, review.THERE, review.HELD_OUT, review.FILE, "bot"}
    assert set(words("wrong")) == ours | theirs


def test_every_move_that_is_recorded_has_a_name() -> None:
    kinds = [kind for kind in vars(moves).values() if isinstance(kind, type) and issubclass(kind, Move)]
    recorded = {"".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_") for kind in kinds}
    nameless = {name for name in recorded - {"move"} if said(ProposedMove(name)) == name}
    assert nameless == set()


def test_whatever_is_offered_can_be_chosen_and_has_a_name(knowledge: Knowledge) -> None:
    offered = [move for group in groups(knowledge, PLACE) for move in group.moves]
    assert len(offered) >= 80
    assert [move for move in offered if move_of(token_of(move), knowledge, PLACE) != move] == []
    assert [move for move in offered if said(move) in ("", move.move)] == []
    assert len({said(move) for move in offered}) == len(offered)


@pytest.fixture(scope="module")
def learnt() -> Set[str]:
    """What the rows that we have teach: a move that no row makes could not be learnt from one alone."""
    rows = rows_of_folder(ROOT / "data" / "turns")
    return {kind_of(kind) for row in rows for kind in kinds_of(row)}


def kind_of(kind: Any) -> str:
    return "/".join(filter(None, kind))


def test_whatever_is_offered_is_taught_by_other_rows_too(knowledge: Knowledge, learnt: Set[str]) -> None:
    offered = [move for group in groups(knowledge, PLACE) for move in group.moves]
    missing = {kind for move in offered for kind in map(kind_of, kinds_of(_row(move))) if kind not in learnt}
    assert missing == set()


def _row(move: ProposedMove) -> TurnRow:
    about: Dict[str, Any] = {name: int(value) if name == "n" else value for name, value in move.about}
    return TurnRow("", Place(), "", (LabelledMove(move=move.move, **about),))


@pytest.mark.parametrize("waiting", [waiting.value for waiting in Waiting])
def test_the_likely_moves_have_a_digit_each_and_are_all_different(knowledge: Knowledge, waiting: str) -> None:
    offered = ("一つめ", "二つめ") if waiting not in ("open", "none") else ()
    found = likely(knowledge, Stood(waiting, offered), ["資金繰り", "創業"], [ProposedMove("yes")])
    assert 4 <= len(found) <= 9
    assert len(set(found)) == len(found)
    assert ProposedMove("problem", (("issue", "資金繰り"),)) in found


def test_what_the_model_hears_is_among_the_likely_moves(knowledge: Knowledge) -> None:
    heard = ProposedMove("asks", (("about", "cost"),))
    assert heard in likely(knowledge, PLACE, [], [heard])
