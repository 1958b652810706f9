"""Works off a training that staff has begun: `train` and `measure`, each in a process of its own, at low priority."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, Optional, Protocol, Sequence, Set, Tuple

from bot.evaluation.results import from_json
from bot.paths import ROOT
from bot.store import Database, Kind, Models, Outcome, Result, Step, Task, Training, Trainings
from bot.training import ground, model_named, name_of, trained_model

NICE = 15  # owners' turns go first
_BOT = (sys.executable, "-X", "utf8", "-m", "bot")
_LOOKS_EVERY_S = 1.0
_ENDS_WITHIN_S = 10.0
_TRAINED = re.compile(r"^model: trained in .*: models/(\S+)\.tar\.gz$")
_MEASURED = re.compile(r"^measure: (\d+) of (\d+)$")


class StoppedError(Exception):
    """Somebody of staff has said so, or another training has begun since nothing was heard of this one."""


class FailedError(Exception):
    """A command has failed; the message is what it said last."""


class Run(Protocol):
    """Runs `python -m bot` with these arguments until its end."""

    def __call__(self, arguments: Sequence[str], says: Callable[[str], None], goes_on: Callable[[], None]) -> int:
        """The exit status. `says` hears each line; `goes_on` is asked every second, and ends it by raising."""


def work_off(number: int, store: Database, run: Run) -> None:
    """Do what was begun under this number, and note what comes of it. Raises StoreError where the store fails."""
    trainings, models = Trainings(store), Models(store)
    training = trainings.one(number)
    if training is None or training.outcome is not Outcome.UNDER_WAY:
        return
    work = _Work(training, trainings, models, run)
    try:
        work.do()
    except StoppedError:
        trainings.end(number, Outcome.STOPPED, work.model)
    except FailedError as error:
        trainings.end(number, Outcome.FAILED, work.model, str(error))
    else:
        trainings.end(number, Outcome.DONE, work.model)


class _Work:
    """One training on its way; `model` is the one that came of it, as soon as there is one."""

    def __init__(self, training: Training, trainings: Trainings, models: Models, run: Run) -> None:
        self._training = training
        self._trainings = trainings
        self._models = models
        self._run = run
        self._said = ""
        self._at: Tuple[Step, int, int] = (Step.BEGINS, 0, 0)
        self.model = training.model

    def do(self) -> None:
        """All of it. Raises StoppedError, FailedError."""
        self._go_on()
        if self._training.task is Task.TRAIN:
            self.model = self._trained()
        assert self.model is not None, "what is measured is named when it is begun"
        results = self._measured(self.model)
        asked = {(one.kind, one.name, one.content) for one in results}
        for other in self._to_compare_with(self.model, asked):
            self._measured(other)

    def _trained(self) -> str:
        made: Set[str] = set()

        def says(line: str) -> None:
            found = _TRAINED.match(line)
            if found:
                made.add(found[1])
            self._say(line)

        self._at = (Step.TRAINS, 0, 0)
        self._command(["train"], says)
        there = trained_model()  # where nothing had to be trained
        if not made and there is None:
            raise FailedError("what the model is made from was changed meanwhile; begin once more")
        return made.pop() if made else name_of(there or Path())

    def _measured(self, model: str) -> Sequence[Result]:
        def says(line: str) -> None:
            found = _MEASURED.match(line)
            if found:
                self._at = (Step.MEASURES, int(found[1]), int(found[2]))
            else:
                self._say(line)

        self._at = (Step.MEASURES, 0, 0)
        self._say(f"measure: {model}")
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "results.json"
            self._command(["measure", model, "--out", str(out)], says)
            results = from_json(out.read_text(encoding="utf-8"))
        self._models.keep(model, results)
        return results

    def _to_compare_with(self, model: str, asked: Set[Tuple[Kind, str, str]]) -> Sequence[str]:
        """The models that answer now, where they were not asked the same, and can be."""
        wanted = []
        for name in sorted({each.model for each in self._models.answering()} - {model}):
            file, known = model_named(name), self._models.measured(name)
            were = {(one.kind, one.name, one.content) for one in known.results} if known is not None else set()
            if file is not None and file.ground == ground() and not asked <= were:
                wanted.append(name)
        return wanted

    def _command(self, arguments: Sequence[str], says: Callable[[str], None]) -> None:
        self._said = ""
        self._go_on()
        status = self._run(arguments, says, self._go_on)
        self._go_on()
        if status < 0:
            raise FailedError(f"{arguments[0]}: ended from outside (signal {-status}); was there enough memory?")
        if status != 0:
            raise FailedError(self._said.removeprefix("error: ") or f"{arguments[0]}: ended with {status}")

    def _say(self, line: str) -> None:
        self._said = line.strip() or self._said
        self._trainings.say(self._training.id, line)

    def _go_on(self) -> None:
        if not self._trainings.go_on(self._training.id, *self._at):
            raise StoppedError()


def in_a_process(
    arguments: Sequence[str],
    says: Callable[[str], None],
    goes_on: Callable[[], None],
    program: Sequence[str] = _BOT,
) -> int:
    """As `Run`. The process and whatever it starts are of a group of their own, which ends together."""
    process = subprocess.Popen(
        [*program, *arguments],
        cwd=ROOT,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    lines: "queue.Queue[Optional[str]]" = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    asked_at = time.monotonic()
    try:
        while True:
            with contextlib.suppress(queue.Empty):
                line = lines.get(timeout=_LOOKS_EVERY_S)
                if line is None:
                    return process.wait()
                says(line)
            if time.monotonic() - asked_at >= _LOOKS_EVERY_S:
                goes_on()
                asked_at = time.monotonic()
    except BaseException:
        _end(process)
        raise


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[Optional[str]]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line.rstrip())
    lines.put(None)


def _end(process: "subprocess.Popen[str]") -> None:
    """Let it end, with all of its group: also what it started and left behind."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS_WITHIN_S)
