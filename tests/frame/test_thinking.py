"""Turns are computed one at a time, in a fair order, and those that cannot begin in time are not computed at all."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import List

import pytest
from rasa.core.agent import Agent
from threadpoolctl import threadpool_info

from bot.frame.order import Place
from bot.frame.thinking import Thinking, TooBusyError


class Desk:
    """Turns that are computed until they are let go, and what was computed."""

    def __init__(self, thinking: Thinking) -> None:
        self.thinking = thinking
        self.begun: List[str] = []
        self.over: List[str] = []
        self.most_at_once = 0
        self._go = asyncio.Event()
        self._loop = thinking.loop
        self._has_begun = threading.Event()

    def let_go(self) -> None:
        self._loop.call_soon_threadsafe(self._go.set)

    async def first_has_begun(self) -> None:
        await asyncio.to_thread(self._has_begun.wait, 5)

    async def work(self, name: str) -> str:
        self.begun.append(name)
        self.most_at_once = max(self.most_at_once, len(self.begun) - len(self.over))
        self._has_begun.set()
        await self._go.wait()
        self.over.append(name)
        return name

    def turn(self, name: str, address: str, within_s: "float | None" = None) -> "asyncio.Task[str]":
        place = Place(address, name[0])
        return asyncio.create_task(self.thinking.take_turn(self.work(name), place, within_s))


@pytest.fixture
def desk() -> Desk:
    """One at which one turn is under way at a time."""
    return Desk(Thinking(at_once=1))


async def test_while_a_turn_waits_for_something_another_is_computed_and_no_third() -> None:
    desk = Desk(Thinking(at_once=2))
    turns = [desk.turn(name, name) for name in ("p0", "q0", "r0", "s0")]
    while len(desk.begun) < 2:
        await asyncio.sleep(0.01)
    desk.let_go()
    assert await asyncio.gather(*turns) == ["p0", "q0", "r0", "s0"]
    assert desk.begun[:2] == ["p0", "q0"]
    assert desk.most_at_once == 2


async def test_two_turns_of_a_conversation_are_never_under_way_together() -> None:
    desk = Desk(Thinking(at_once=2))
    turns = [desk.turn("p0", "a"), desk.turn("p1", "a"), desk.turn("q0", "a")]
    while len(desk.begun) < 2:
        await asyncio.sleep(0.01)
    assert desk.begun == ["p0", "q0"]
    desk.let_go()
    assert await asyncio.gather(*turns) == ["p0", "p1", "q0"]


async def test_turns_are_computed_one_at_a_time_fairly_between_addresses(desk: Desk) -> None:
    turns = [desk.turn("z0", "c")]
    await desk.first_has_begun()
    turns += [desk.turn(f"{conversation}{number}", "a") for conversation in "pq" for number in range(3)]
    turns.append(desk.turn("s0", "b"))
    await asyncio.sleep(0)  # all of them are in line
    desk.let_go()
    assert await asyncio.gather(*turns) == ["z0", "p0", "p1", "p2", "q0", "q1", "q2", "s0"]
    assert desk.begun == ["z0", "p0", "s0", "q0", "p1", "q1", "p2", "q2"]
    assert desk.most_at_once == 1


async def test_a_turn_that_cannot_begin_in_time_is_not_computed(desk: Desk) -> None:
    first = desk.turn("p0", "a")
    await desk.first_has_begun()
    with pytest.raises(TooBusyError):
        await desk.turn("q0", "b", within_s=0.01)
    desk.let_go()
    assert await first == "p0"
    assert await desk.turn("r0", "b") == "r0"
    assert desk.begun == ["p0", "r0"]


async def test_a_turn_that_has_begun_is_not_broken_off_by_its_time(desk: Desk) -> None:
    turn = desk.turn("p0", "a", within_s=0.05)
    await desk.first_has_begun()
    await asyncio.sleep(0.1)
    desk.let_go()
    assert await turn == "p0"


async def test_who_stops_waiting_is_not_computed(desk: Desk) -> None:
    first, second = desk.turn("p0", "a"), desk.turn("q0", "b")
    await desk.first_has_begun()
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    desk.let_go()
    assert await first == "p0"
    assert await desk.turn("r0", "b") == "r0"
    assert desk.begun == ["p0", "r0"]


async def test_who_stops_waiting_while_they_are_computed_makes_room(desk: Desk) -> None:
    first = desk.turn("p0", "a")
    await desk.first_has_begun()
    first.cancel()
    await asyncio.wait([first])
    desk.let_go()
    assert await desk.turn("r0", "b") == "r0"
    assert desk.over == ["r0"]


async def test_a_turn_that_fails_is_told_and_the_next_is_computed(desk: Desk) -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await desk.thinking.take_turn(fail(), Place("a", "p"))
    desk.let_go()
    assert await desk.turn("r0", "b") == "r0"


async def test_a_turn_that_hangs_holds_the_others_up_for_a_while_only() -> None:
    desk = Desk(Thinking(holds_others_up_s=0.05, at_once=1))
    first, second = desk.turn("p0", "a"), desk.turn("q0", "b")
    while len(desk.begun) < 2:
        await asyncio.sleep(0.01)
    desk.let_go()
    assert await asyncio.gather(first, second) == ["p0", "q0"]


async def test_what_is_no_turn_does_not_wait_for_one(desk: Desk) -> None:
    async def answer() -> int:
        return 7

    turn = desk.turn("p0", "a")
    await desk.first_has_begun()
    assert await desk.thinking.do(answer()) == 7
    desk.let_go()
    await turn


async def test_a_turn_is_computed_with_what_holds_for_whoever_asked(desk: Desk) -> None:
    owner: "ContextVar[str]" = ContextVar("owner")

    async def whose() -> str:
        return owner.get()

    def turn(name: str) -> "asyncio.Task[str]":
        owner.set(name)
        return asyncio.create_task(desk.thinking.take_turn(whose(), Place(name, name)))

    first = desk.turn("z0", "c")
    await desk.first_has_begun()
    turns = [turn("a"), turn("b")]
    await asyncio.sleep(0)
    desk.let_go()
    assert await asyncio.gather(*turns) == ["a", "b"]
    assert await first == "z0"


def test_a_turn_is_computed_on_one_core(bot: Agent) -> None:
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools != []
    assert {pool["num_threads"] for pool in pools} == {1}
