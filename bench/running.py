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
    command: Sequence[str], settings: Mapping[str, str], python: Path = Path(sys.executable), checkout: Path = ROOT
) -> Iterator["subprocess.Popen[str]"]:
    """A server made by `python COMMAND` with these environment variables, from when it says that it is ready."""
    with tempfile.TemporaryDirectory() as folder:
        store = {"KAKARITSUKE_STORE": f"{folder}/store.sqlite"}
        process = subprocess.Popen(
            [str(python), *command],
            cwd=checkout,
            env={**os.environ, **store, **settings},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            if not any(line.startswith("ready:") for line in process.stdout):
                raise RuntimeError(f"python {' '.join(command)} ended before it was ready")
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def percentile(milliseconds: Sequence[float], share: int) -> str:
    """A percentile in milliseconds, for a table."""
    return f"{np.percentile(milliseconds, share):.1f} ms"
