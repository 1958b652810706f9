"""How soon the bot is ready, how much memory it takes, and what is installed for it: python -m bench.start.

Several checkouts, each with an environment of its own in .venv and a trained model, are started in turns, so that all
meet the same machine: python -m bench.start before=../other after=. The least of all runs is told: other work on the
machine only adds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
import urllib.request
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Dict, List, Tuple

from bench.running import free_port, running
from bench.talk import SHORT_TALK
from bot.paths import ROOT

_KIB = 1024
# Run by the checkout's own Python: distributions, and bytes of all their files.
_INSTALLED = """
from importlib.metadata import distributions
from pathlib import Path
found = list(distributions())
files = {Path(file.locate()).resolve() for one in found for file in one.files or ()}
print(len(found), sum(file.stat().st_size for file in files if file.is_file()))
"""


@dataclass(frozen=True)
class Start:
    """One start: seconds until it was ready, processor seconds until then, MiB resident then and after a talk."""

    ready_s: float
    processor_s: float
    ready_mib: float
    talked_mib: float


def main() -> None:
    """Prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="*", default=["here=."], metavar="NAME=FOLDER")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    checkouts = [(name, (ROOT / folder).resolve()) for name, folder in _named(options.checkouts)]
    starts: Dict[str, List[Start]] = {name: [] for name, _ in checkouts}
    for _ in range(options.runs):
        for name, folder in checkouts:
            starts[name].append(_start(folder))
    print("| | ready | processor time until then | memory when ready | after a conversation | packages | installed |")
    print("|---|---|---|---|---|---|---|")
    for name, folder in checkouts:
        print(_row(name, starts[name], *_installed(folder)), flush=True)


def _named(checkouts: List[str]) -> List[Tuple[str, str]]:
    return [(name, folder) for name, _, folder in (checkout.partition("=") for checkout in checkouts)]


def _python(folder: Path) -> Path:
    return folder / ".venv" / "bin" / "python"


def _start(folder: Path) -> Start:
    port = free_port()
    command = ["-m", "bot", "run", "--rest", "--port", str(port)]
    began = time.monotonic()
    with running(command, {}, folder) as process:
        ready_s = time.monotonic() - began
        processor_s, ready_mib = _processor_s(process.pid), _resident_mib(process.pid)
        _talk(f"http://127.0.0.1:{port}/webhooks/rest/webhook")
        return Start(ready_s, processor_s, ready_mib, _resident_mib(process.pid))


def _talk(address: str) -> None:
    sender = f"bench-{time.time_ns()}"
    for line in SHORT_TALK:
        body = json.dumps({"sender": sender, "message": line}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if not json.load(answer):
                raise RuntimeError(f"no answer to {line}")


def _resident_mib(pid: int) -> float:
    """Linux only."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(resident.split()[1]) / _KIB


def _processor_s(pid: int) -> float:
    """User and system time of a process so far, in seconds. Linux only."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / 100


def _installed(folder: Path) -> Tuple[int, float]:
    """How many packages are installed, and their size in MB."""
    printed = subprocess.run([str(_python(folder)), "-c", _INSTALLED], check=True, stdout=subprocess.PIPE).stdout
    packages, size = map(int, printed.split())
    return packages, size / 1e6


def _row(name: str, starts: List[Start], packages: int, size_mb: float) -> str:
    least = [min(figures) for figures in zip(*map(astuple, starts), strict=True)]
    return "| {} | {:.1f} s | {:.1f} s | {:.0f} MiB | {:.0f} MiB | {} | {:,.0f} MB |".format(
        name, *least, packages, size_mb
    )


if __name__ == "__main__":
    main()
