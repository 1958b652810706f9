"""Runs the bot for a measurement: a server of its own with an empty store, and percentiles of what was measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Mapping, Sequence

import numpy as np

from bot.paths import ROOT


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], settings: Mapping[str, str], checkout: Path = ROOT
) -> Iterator["subprocess.Popen[str]"]:
    """A server made by `python COMMAND` with these environment variables, from when it says that it is ready.

    It is that of a `checkout`, and keeps everything in a folder of its own, also what is said under a relative path.
    """
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder, "var")
        var.mkdir()
        places = {
            "KAKARITSUKE_VAR": str(var),
            "KAKARITSUKE_STORE": str(var / "store.sqlite"),
            "PYTHONPATH": str(checkout),
        }
        complaints = Path(folder, "complaints")
        python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
        process = subprocess.Popen(
            [python, *command],
            cwd=folder,
            env={**os.environ, **places, **settings},
            text=True,
            stdout=subprocess.PIPE,
            stderr=complaints.open("w"),
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            if not any(line.startswith("ready:") for line in process.stdout):
                said = complaints.read_text(encoding="utf-8")
                raise RuntimeError(f"python {' '.join(command)} ended before it was ready:\n{said}")
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def percentile(milliseconds: Sequence[float], share: int) -> str:
    """A percentile in milliseconds, for a table."""
    return f"{np.percentile(milliseconds, share):.1f} ms"
