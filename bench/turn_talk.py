"""Takes turns for bench.turn in a process of its own: a message a line on stdin, what it cost a line on stdout."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from typing import Awaitable, Callable

Take = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True)
class Cost:
    """How long a turn took, and how long the processor worked on it in all threads of the process; milliseconds."""

    took_ms: float
    worked_ms: float


def answer(make: Callable[[], Awaitable[Take]]) -> None:
    """Say that it is ready, then take each turn that is asked for: {"conversation", "words"}, until there are no more.

    A line with `beside` instead holds so many short talks at once, and a long one beside them where `long` names it.
    """
    loop = asyncio.new_event_loop()
    take = loop.run_until_complete(make())
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "beside" in asked:
            figures = loop.run_until_complete(_beside(take, asked["talk"], asked["beside"], asked["long"]))
        else:
            figures = loop.run_until_complete(_cost_of(take, asked["conversation"], asked["words"]))
        print(json.dumps(figures), flush=True)


async def _cost_of(take: Take, conversation: str, words: str) -> "dict[str, float]":
    worked, began = time.process_time(), time.perf_counter()
    await take(conversation, words)
    took_ms = 1000 * (time.perf_counter() - began)
    await asyncio.sleep(0.02)  # what a turn leaves to be done is part of what it costs
    return asdict(Cost(took_ms, 1000 * (time.process_time() - worked)))


async def _beside(take: Take, talk: "list[str]", short: int, long: str) -> "list[float]":
    """Milliseconds of the turns of short talks, whose owners think for two seconds before each message."""
    figures: "list[float]" = []

    async def hold(number: int) -> None:
        await asyncio.sleep(2.0 * number / short)
        conversation = f"short-{uuid.uuid4().hex}"
        for words in talk:
            began = time.perf_counter()
            await take(conversation, words)
            figures.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(2.0)

    async def go_on() -> None:
        while True:
            for words in talk:
                await take(long, words)
                await asyncio.sleep(0.2)

    going_on = asyncio.ensure_future(go_on()) if long else None
    await asyncio.gather(*map(hold, range(short)))
    if going_on is not None:
        going_on.cancel()
    return figures


async def _ours() -> Take:
    from bot.frame.thinking import thinking
    from bot.frame.turns import RasaTurns, Said
    from bot.quiet import show_errors_only
    from bot.serving.application import ready_agent
    from bot.training import trained_model

    show_errors_only()
    model = trained_model()
    if model is None:
        raise SystemExit("there is no trained model; run `make train` first")
    turns = RasaTurns(await thinking().do(ready_agent(model, loop=thinking().loop)), "bench")

    async def take(conversation: str, words: str) -> None:
        await turns.take(conversation, Said(uuid.uuid4().hex, words))

    return take


async def _peer() -> Take:
    from bench.turn_peer import agent_of_the_peer

    agent = agent_of_the_peer(os.environ["BENCH_VAR"], os.environ["BENCH_ACTIONS"])

    async def take(conversation: str, words: str) -> None:
        await agent.handle_text(words, sender_id=conversation)

    return take


def main() -> None:
    """`python -m bench.turn_talk ours|peer`."""
    from bot.frame.lean import import_rasa_leanly
    from bot.quiet import keep_libraries_quiet

    keep_libraries_quiet()
    import_rasa_leanly()
    answer(_ours if sys.argv[1] == "ours" else _peer)


if __name__ == "__main__":
    main()
