"""What the record for staff costs a turn: python -m bench.turn_record.

The same conversations are held with the record and without it, in turns, so that both meet the same machine: one
process, conversations in a SQLite file, the store in a file or, with --postgresql URL, in that database. The bot speaks
to itself, without a channel. What is measured is a turn from the owner's message to the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, List

import numpy as np

from bench.running import percentile
from bench.talk import TALK
from bot.frame.lean import import_rasa_leanly
from bot.quiet import keep_libraries_quiet, show_errors_only

if TYPE_CHECKING:
    from bot.frame.turns import RasaTurns

_CONVERSATIONS = 80
_WITH, _WITHOUT = "with the record", "without it"


def main() -> None:
    """Prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.turn_record", description=__doc__)
    parser.add_argument("--conversations", type=int, default=_CONVERSATIONS, help="how many of each kind")
    parser.add_argument("--postgresql", metavar="URL", help="a database to keep the store in, instead of a file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KAKARITSUKE_VAR"] = folder
        os.environ["KAKARITSUKE_STORE"] = options.postgresql or f"{folder}/store.sqlite"
        keep_libraries_quiet()
        import_rasa_leanly()
        measured = asyncio.run(_measure(options.conversations))
    print("| turns | p50 | p95 | processor time a turn |\n|---|---|---|---|")
    for name, figures in measured.items():
        shares = " | ".join(percentile(figures.milliseconds, share) for share in (50, 95))
        print(f"| {name} ({len(figures.milliseconds)}) | {shares} | {figures.processor_ms:.1f} ms |")
    before, after = (np.percentile(measured[kind].milliseconds, 95) for kind in (_WITHOUT, _WITH))
    print(f"\nAt p95 a turn takes {100 * (after / before - 1):+.1f} % with the record.")


@dataclass
class Figures:
    """Milliseconds of each turn, and processor seconds of all, with what was recorded after the answer."""

    milliseconds: List[float] = field(default_factory=list)
    processor_s: float = 0.0

    @property
    def processor_ms(self) -> float:
        """Of a turn, on average."""
        return 1000 * self.processor_s / len(self.milliseconds)


async def _measure(conversations: int) -> Dict[str, Figures]:
    from bot.frame.recording import recorder
    from bot.frame.thinking import thinking
    from bot.frame.turns import RasaTurns
    from bot.serving.application import ready_agent
    from bot.training import trained_model

    show_errors_only()
    model = trained_model()
    if model is None:
        raise SystemExit("there is no trained model; run `make train` first")
    agent = await thinking().do(ready_agent(model, loop=thinking().loop))
    kinds = {_WITHOUT: RasaTurns(agent, "bench", for_staff=False), _WITH: RasaTurns(agent, "bench")}
    for kind in kinds.values():
        await _converse(kind, Figures())  # warms the bot up
    measured = {kind: Figures() for kind in kinds}
    for number in range(conversations):
        for kind in list(kinds) if number % 2 else reversed(list(kinds)):
            began_s = time.process_time()
            await _converse(kinds[kind], measured[kind])
            recorder().finish()  # what the last turn left must not weigh on the other kind
            measured[kind].processor_s += time.process_time() - began_s
    return measured


async def _converse(turns: "RasaTurns", figures: Figures) -> None:
    """A conversation in which the owner answers at once: what a turn leaves to be recorded falls into the next one."""
    from bot.frame.turns import Said

    conversation = f"bench-{uuid.uuid4().hex}"
    for words in TALK:
        began = time.perf_counter()
        await turns.take(conversation, Said(uuid.uuid4().hex, words))
        figures.milliseconds.append(1000 * (time.perf_counter() - began))


if __name__ == "__main__":
    main()
