"""Many owners at once on the website: how many turns a second, and how long an owner waits for an answer.

Each owner is at an address of their own, holds one conversation after another, and thinks for a second before each
message. The server is a real one, started anew for each number of owners. `--against` measures another checkout in the
same run, in turns with this one, so that both meet the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Tuple

import aiohttp

from bench.running import free_port, percentile, running
from bench.talk import NO_LIMITS, TALK
from bot.paths import ROOT

_OWNERS = (10, 50, 100, 200)
_SECONDS = 60.0
_THINKS_S = 1.0
_ANSWERS_WITHIN_S = 120.0
_SETTINGS = {
    "KAKARITSUKE_PROXIES": "1",
    "KAKARITSUKE_SECRET": "s" * 64,
    **NO_LIMITS,
}


@dataclass
class Figures:
    """What the owners of one measurement met: milliseconds of each answer, and how often they were refused (503)."""

    milliseconds: List[float] = field(default_factory=list)
    refused: int = 0


def main() -> None:
    """Prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--owners", type=int, nargs="+", default=list(_OWNERS), help="how many at once, one or several")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="how long each measurement takes")
    parser.add_argument(
        "--against", type=Path, help="another checkout, with a trained model, to measure beside this one"
    )
    options = parser.parse_args()
    checkouts = [ROOT, *([options.against.resolve()] if options.against else [])]
    print("| owners | checkout | turns a second | p50 | p95 | p99 | refused (503) |\n|---|---|---|---|---|---|---|")
    for number, owners in enumerate(options.owners):
        for checkout in checkouts if number % 2 == 0 else reversed(checkouts):
            figures = asyncio.run(_measure(checkout, owners, options.seconds))
            print(_row(owners, checkout, figures, options.seconds), flush=True)


def _row(owners: int, checkout: Path, figures: Figures, seconds: float) -> str:
    times = figures.milliseconds
    shown = [percentile(times, share) if times else "none" for share in (50, 95, 99)]
    name = "this one" if checkout == ROOT else checkout.name
    return f"| {owners} | {name} | {len(times) / seconds:.1f} | {' | '.join(shown)} | {figures.refused} |"


async def _measure(checkout: Path, owners: int, seconds: float) -> Figures:
    port, figures = free_port(), Figures()
    with running(["-m", "bot", "run", "--port", str(port)], _SETTINGS, checkout):
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=_ANSWERS_WITHIN_S)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector, timeout=timeout) as web:
            await _converse(web, "192.0.2.1", Figures(), think_s=0.0)  # warms the bot up
            end = time.monotonic() + seconds
            everybody = [asyncio.create_task(_owner(web, number, figures, end)) for number in range(owners)]
            await asyncio.wait(everybody, timeout=seconds)
            for owner in everybody:
                owner.cancel()
            ended = await asyncio.gather(*everybody, return_exceptions=True)
    for fault in ended:
        if isinstance(fault, Exception):
            raise fault
    return figures


async def _owner(web: aiohttp.ClientSession, number: int, figures: Figures, end: float) -> None:
    """Come within the first second, and hold conversations until the end."""
    await asyncio.sleep(random.random() * _THINKS_S)
    while time.monotonic() < end:
        await _converse(web, f"10.0.{number // 250}.{number % 250 + 1}", figures, _THINKS_S)


async def _converse(web: aiohttp.ClientSession, address: str, figures: Figures, think_s: float) -> None:
    headers = {"X-Forwarded-For": address}
    opened, _ = await _posted(web, "/web/session", {}, headers, figures)
    headers["Authorization"] = f"Bearer {opened['token']}"
    for line in TALK:
        await asyncio.sleep(think_s)
        message = {"id": uuid.uuid4().hex, "text": line}
        _, milliseconds = await _posted(web, "/web/messages", message, headers, figures)
        figures.milliseconds.append(milliseconds)


async def _posted(
    web: aiohttp.ClientSession, path: str, body: Dict[str, str], headers: Dict[str, str], figures: Figures
) -> Tuple[Dict[str, str], float]:
    """The answer and how long it took; who is refused comes again with the same when told to, as the widget does."""
    while True:
        began = time.perf_counter()
        async with web.post(path, json=body, headers=headers) as answer:
            content: Dict[str, str] = await answer.json()
        if answer.status in (200, 201):
            return content, 1000 * (time.perf_counter() - began)
        if answer.status != 503:
            raise RuntimeError(f"{path} answered {answer.status}: {content}")
        figures.refused += 1
        await asyncio.sleep(float(answer.headers["Retry-After"]))


if __name__ == "__main__":
    main()
