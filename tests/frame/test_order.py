"""Turns come in a fair order: of each address in turn, and of each conversation of an address in turn."""

from __future__ import annotations

from collections import Counter
from typing import List, Tuple

from hypothesis import given
from hypothesis import strategies as st

from bot.frame.order import FairOrder, Place


def order(*waiting: Tuple[str, str]) -> "FairOrder[str]":
    """Those who wait, each at (address, conversation), named after their place and its how-manieth they are."""
    made: FairOrder[str] = FairOrder()
    seen: Counter[Tuple[str, str]] = Counter()
    for address, conversation in waiting:
        seen[address, conversation] += 1
        made.add(Place(address, conversation), f"{conversation}{seen[address, conversation]}")
    return made


def emptied(waiting: "FairOrder[str]") -> List[str]:
    served = []
    while (one := waiting.next()) is not None:
        served.append(one)
    return served


def test_nobody_waits_at_first() -> None:
    assert order().next() is None


def test_addresses_come_in_turn() -> None:
    waiting = order(("a", "p"), ("a", "q"), ("a", "r"), ("b", "s"), ("b", "t"), ("c", "u"))
    assert emptied(waiting) == ["p1", "s1", "u1", "q1", "t1", "r1"]


def test_conversations_of_an_address_come_in_turn() -> None:
    waiting = order(("a", "p"), ("a", "p"), ("a", "p"), ("a", "q"), ("a", "q"), ("a", "r"))
    assert emptied(waiting) == ["p1", "q1", "r1", "p2", "q2", "p3"]


def test_who_comes_while_another_address_is_served_comes_before_what_that_one_still_has() -> None:
    waiting = order(("a", "p"), ("a", "q"), ("a", "r"))
    assert waiting.next() == "p1"
    waiting.add(Place("b", "s"), "s1")
    assert waiting.next() == "s1"


def test_an_address_that_brings_more_while_it_is_served_comes_after_the_others() -> None:
    waiting = order(("a", "p"))
    assert waiting.next() == "p1"
    waiting.add(Place("a", "p"), "p2")
    waiting.add(Place("b", "s"), "s1")
    assert emptied(waiting) == ["s1", "p2"]


def test_a_conversation_that_is_under_way_waits_and_keeps_its_place() -> None:
    waiting = order(("a", "p"), ("a", "q"), ("b", "s"))
    assert waiting.next(under_way={"p"}) == "q1"
    assert waiting.next(under_way={"p", "q"}) == "s1"
    assert waiting.next(under_way={"p"}) is None
    assert waiting.next() == "p1"


def test_who_is_removed_is_not_served() -> None:
    waiting = order(("a", "p"), ("a", "q"), ("b", "s"))
    assert waiting.remove(Place("a", "p"), "p1")
    assert not waiting.remove(Place("a", "p"), "p1")
    assert emptied(waiting) == ["q1", "s1"]
    assert not waiting.remove(Place("b", "s"), "s1")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pq"))))
def test_everybody_is_served_once_and_in_order_within_a_conversation(places: List[Tuple[str, str]]) -> None:
    named = [(address, address + conversation) for address, conversation in places]
    served = emptied(order(*named))
    assert sorted(served) == sorted(emptied(order(*sorted(named))))
    assert len(served) == len(places)
    for conversation in {conversation for _, conversation in named}:
        numbers = [int(one[2:]) for one in served if one.startswith(conversation)]
        assert numbers == sorted(numbers)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("pq")), min_size=1))
def test_an_address_waits_for_at_most_one_turn_of_every_other(places: List[Tuple[str, str]]) -> None:
    left = Counter(address for address, _ in places)
    served = [one[0] for one in emptied(order(*((address, address + name) for address, name in places)))]
    for at, address in enumerate(served):
        meanwhile = served[at + 1 : served.index(address, at + 1)] if address in served[at + 1 :] else []
        left[address] -= 1
        assert not meanwhile or max(Counter(meanwhile).values()) == 1
        assert bool(meanwhile) or left[address] == 0 or set(+left) == {address}
