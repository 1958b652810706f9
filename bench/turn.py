"""What a turn costs, short talks and long ones, beside the recipe that Rasa recommends: python -m bench.turn.

Both are asked in turns, each in a process of its own with its conversations in a SQLite file, so that both meet the
same machine. The peer (bench/turn_peer.py) is trained before the first run, some minutes; `--without-peer` leaves it
out. The floor is what no turn here can be without: the tokenizer, the encoder, one commit and one call to oneself.
"""

from __future__ import annotations

import argparse
import http.client
import http.server
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence

import numpy as np

from bench.running import free_port
from bench.talk import TALK
from bench.turn_talk import Cost
from bot.paths import ROOT

_TALKS = 12
_MARKS = (10, 100, 300, 500)
_AROUND = 2 * len(TALK)  # turns before a mark that count for it: each line of the talk twice
_SHORT_BESIDE = 20
_FLOOR = 40


class Speaker:
    """A process that takes turns."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, **asked: Any) -> Any:
        """What comes of a line."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def take(self, conversation: str, words: str) -> Cost:
        """What one turn costs."""
        return Cost(**self.ask(conversation=conversation, words=words))


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, of whom, in which unit."""

    what: str
    of: Dict[str, float]


def main() -> None:
    """Prints the tables of docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.turn", description=__doc__)
    parser.add_argument("--talks", type=int, default=_TALKS, help="how many short talks each holds")
    parser.add_argument("--turns", type=int, default=_MARKS[-1], help="how long our long talk is")
    parser.add_argument("--peers-turns", type=int, default=300, help="how long the peer's long talk is")
    parser.add_argument("--without-peer", action="store_true", help="measure ourselves alone")
    options = parser.parse_args()
    names = ["ours"] if options.without_peer else ["ours", "peer"]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        speakers = {name: stack.enter_context(_speaking(name, folder)) for name in names}
        rows = _short(speakers, options.talks)
        most = {"ours": options.turns, "peer": options.peers_turns}
        rows += _long(speakers, most)
        _print(names, rows)
        _print_floor()
        _print_beside(speakers["ours"])


@contextmanager
def _speaking(name: str, folder: str) -> Iterator[Speaker]:
    with ExitStack() as stack:
        settings = {"KAKARITSUKE_VAR": folder, "KAKARITSUKE_STORE": f"{folder}/store.sqlite", "BENCH_VAR": folder}
        if name == "peer":
            settings["BENCH_ACTIONS"] = stack.enter_context(_action_server())
        command = [sys.executable, "-m", "bench.turn_talk", name]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **settings},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        assert process.stdout is not None
        if "ready\n" not in iter(process.stdout.readline, ""):
            raise SystemExit(f"{' '.join(command)} ended before it was ready")
        yield Speaker(process)


@contextmanager
def _action_server() -> Iterator[str]:
    """The address of an action server with the peer's action; the peer is trained before it is asked."""
    subprocess.run([sys.executable, "-m", "bench.turn_peer"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    port = free_port()
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "bench.turn_actions", "--port", str(port)]
    with Path(os.devnull).open("w") as nowhere:
        process = subprocess.Popen(command, cwd=ROOT, stdout=nowhere, stderr=nowhere)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _short(speakers: Dict[str, Speaker], talks: int) -> List[Row]:
    """Short talks, one of each in turns; the first of each warms it up and does not count."""
    costs: Dict[str, List[Cost]] = {name: [] for name in speakers}
    for number in range(talks + 1):
        for name in list(speakers) if number % 2 else reversed(list(speakers)):
            conversation = uuid.uuid4().hex
            held = [speakers[name].take(conversation, words) for words in TALK]
            costs[name] += held if number else []
    took = {name: [cost.took_ms for cost in costs[name]] for name in costs}
    worked = {name: float(np.mean([cost.worked_ms for cost in costs[name]])) for name in costs}
    return [
        Row("short talks, p50", {name: float(np.percentile(took[name], 50)) for name in took}),
        Row("short talks, p95", {name: float(np.percentile(took[name], 95)) for name in took}),
        Row("processor time a turn", worked),
    ]


def _long(speakers: Dict[str, Speaker], most: Dict[str, int]) -> List[Row]:
    """One long talk of each, a round of the talk's lines in turns; what it costs at some of its turns."""
    costs: Dict[str, List[Cost]] = {name: [] for name in speakers}
    while any(len(costs[name]) < most[name] + _AROUND for name in speakers):
        for name, speaker in speakers.items():
            if len(costs[name]) < most[name] + _AROUND:
                costs[name] += [speaker.take(f"long-{name}", words) for words in TALK]
    rows = []
    for mark in _MARKS:
        first = mark // len(TALK) * len(TALK)
        known = {name: held[first : first + _AROUND] for name, held in costs.items() if mark <= most[name]}
        rows.append(
            Row(f"turn {mark}, p50", {n: float(np.median([cost.took_ms for cost in c])) for n, c in known.items()})
        )
        rows.append(
            Row(f"turn {mark}, work", {n: float(np.mean([cost.worked_ms for cost in c])) for n, c in known.items()})
        )
    return rows


def _print(names: Sequence[str], rows: Sequence[Row]) -> None:
    beside = " share |" if len(names) > 1 else ""
    print(f"| | {' | '.join(names)} |{beside}\n|---{'|---' * len(names)}|{'---|' if beside else ''}")
    for row in rows:
        cells = [f"{row.of[name]:.1f} ms" if name in row.of else "–" for name in names]
        share = ""
        if beside:
            share = f" {row.of['ours'] / row.of['peer']:.2f} |" if set(row.of) == set(names) else " – |"
        print(f"| {row.what} | {' | '.join(cells)} |{share}", flush=True)


def _print_floor() -> None:
    """What no turn can be without, each measured alone."""
    from bot.frame.lean import import_rasa_leanly
    from bot.quiet import keep_libraries_quiet

    keep_libraries_quiet()
    import_rasa_leanly()
    import spacy

    from bot.nlu.sentence_encoder import encoder
    from bot.nlu.tokenizer import EVERYTHING_BUT_THE_TOKENIZER

    ginza = spacy.load("ja_ginza", exclude=EVERYTHING_BUT_THE_TOKENIZER)
    words = iter(TALK * _FLOOR)
    print("\n| the floor | p50 | processor time |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/floor.db")) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("CREATE TABLE floor (words TEXT)")

        def commit() -> None:
            with file:
                file.execute("INSERT INTO floor VALUES (?)", (next(words),))

        with _echo() as call:
            parts: Dict[str, Callable[[], Any]] = {
                "tokenizer": lambda: ginza.make_doc(next(words)),
                "encoder": lambda: encoder().encode([next(words)]),
                "one commit": commit,
                "one call to oneself": call,
            }
            for name, part in parts.items():
                print(f"| {name} | {' | '.join(f'{ms:.2f} ms' for ms in _alone(part))} |", flush=True)


def _alone(part: Callable[[], Any]) -> Sequence[float]:
    part()  # loads what it needs
    took, worked = [], time.process_time()
    for _ in range(_FLOOR):
        began = time.perf_counter()
        part()
        took.append(1000 * (time.perf_counter() - began))
    return float(np.median(took)), 1000 * (time.process_time() - worked) / _FLOOR


@contextmanager
def _echo() -> Iterator[Callable[[], bytes]]:
    """A call over the loopback to a server in this process."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *details: Any) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def call() -> bytes:
        with closing(http.client.HTTPConnection(*server.server_address)) as connection:
            connection.request("POST", "/", b"{}")
            return connection.getresponse().read()

    yield call
    server.shutdown()
    server.server_close()


def _print_beside(ours: Speaker) -> None:
    """Short talks at once, with the long one beside them and without, in turns."""
    took: Dict[str, List[float]] = {"": [], "long-ours": []}
    for _ in range(2):
        for long, figures in took.items():
            figures += ours.ask(talk=TALK, beside=_SHORT_BESIDE, long=long)
    alone, beside = (float(np.median(figures)) for figures in took.values())
    print(f"\n{_SHORT_BESIDE} short talks at once: p50 {alone:.1f} ms; with a long one beside them {beside:.1f} ms.")


if __name__ == "__main__":
    main()
