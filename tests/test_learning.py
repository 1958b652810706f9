"""A training is worked off step by step in processes of their own, stops when told to, and says why it failed."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence

import pytest

import bot.learning
from bot.evaluation.results import as_json
from bot.learning import StoppedError, in_a_process, work_off
from bot.store import By, Database, Kind, Models, Outcome, Result, Step, Task, Training, Trainings
from bot.training import ModelFile

HANAKO = By("花子", "192.0.2.7")
PYTHON = (sys.executable, "-X", "utf8", "-c")


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "store.sqlite"))


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> Dict[str, ModelFile]:
    """The models that are there, by name: old and other, of which other was made from other knowledge."""
    there = {
        name: ModelFile(name, Path(f"{name}.tar.gz"), 0.0, 1, made_on)
        for name, made_on in (("old", "ground"), ("other", "other ground"))
    }
    monkeypatch.setattr(bot.learning, "model_named", there.get)
    monkeypatch.setattr(bot.learning, "ground", lambda: "ground")
    monkeypatch.setattr(bot.learning, "trained_model", lambda: Path("models/old.tar.gz"))
    return there


class Commands:
    """Stands for `python -m bot`: what it was asked, and what each command says and ends with."""

    def __init__(self) -> None:
        self.asked: List[str] = []
        self.says: Dict[str, Sequence[str]] = {"train": ["model: trained in 5 s: models/new.tar.gz"]}
        self.ends: Dict[str, int] = {}
        self.results = [Result(Kind.TURNS, "1", "digest", True)]
        self.meanwhile: Optional[Callable[[], None]] = None

    def __call__(self, arguments: Sequence[str], says: Callable[[str], None], goes_on: Callable[[], None]) -> int:
        command = arguments[0]
        self.asked.append(" ".join(arguments[:2]) if command == "measure" else command)
        for line in self.says.get(command, ()):
            says(line)
        if self.meanwhile is not None:
            self.meanwhile()
        goes_on()
        if command == "measure":
            Path(arguments[3]).write_text(as_json(self.results), encoding="utf-8")
        return self.ends.get(command, 0)


@pytest.fixture
def commands() -> Commands:
    return Commands()


def worked_off(store: Database, commands: Commands, task: Task = Task.TRAIN, model: Optional[str] = None) -> Training:
    number = Trainings(store).begin(HANAKO, task, model)
    work_off(number, store, commands)
    training = Trainings(store).one(number)
    assert training is not None
    return training


def test_a_model_is_trained_then_measured_and_kept(store: Database, commands: Commands) -> None:
    training = worked_off(store, commands)
    assert (training.outcome, training.model, training.reason) == (Outcome.DONE, "new", None)
    assert commands.asked == ["train", "measure new"]
    measured = Models(store).measured("new")
    assert measured is not None and list(measured.results) == commands.results


def test_where_nothing_had_to_be_trained_the_model_of_the_files_is_measured(
    store: Database, commands: Commands
) -> None:
    commands.says["train"] = ["model: up to date, nothing to train"]
    assert worked_off(store, commands).model == "old"
    assert commands.asked == ["train", "measure old"]


def test_the_model_that_answers_is_measured_too_where_it_was_not_asked_the_same(
    store: Database, commands: Commands
) -> None:
    Models(store).answers("host:1", "old")
    Models(store).keep("old", [Result(Kind.TURNS, "1", "what it was before", True)])
    worked_off(store, commands)
    assert commands.asked == ["train", "measure new", "measure old"]
    worked_off(store, commands)
    assert commands.asked[3:] == ["train", "measure new"]


def test_a_model_that_answers_and_was_made_from_other_knowledge_is_not_measured_by_it(
    store: Database, commands: Commands
) -> None:
    Models(store).answers("host:1", "other")
    Models(store).answers("host:2", "not here")
    worked_off(store, commands)
    assert commands.asked == ["train", "measure new"]


def test_a_model_that_is_there_is_measured_without_training(store: Database, commands: Commands) -> None:
    assert worked_off(store, commands, Task.MEASURE, "old").outcome is Outcome.DONE
    assert commands.asked == ["measure old"]


def test_what_a_command_says_stands_in_the_log_and_its_count_in_the_step(store: Database, commands: Commands) -> None:
    commands.says["train"] = ["model:     1 s  Starting to train component 'A'.", *commands.says["train"]]
    commands.says["measure"] = ["measure: 3 of 9"]
    training = worked_off(store, commands)
    assert (training.step, training.done, training.of) == (Step.MEASURES, 3, 9)
    assert [line.text for line in Trainings(store).log(training.id, 9)] == [*commands.says["train"], "measure: new"]


def test_what_a_command_said_when_it_failed_is_the_reason(store: Database, commands: Commands) -> None:
    commands.says["train"] = ["model: training", "error: the model cannot be trained: data/core.yml: line 2", ""]
    commands.ends["train"] = 1
    training = worked_off(store, commands)
    assert (training.outcome, commands.asked) == (Outcome.FAILED, ["train"])
    assert training.reason == "the model cannot be trained: data/core.yml: line 2"


def test_a_model_that_was_trained_and_could_not_be_measured_is_named(store: Database, commands: Commands) -> None:
    commands.ends["measure"] = -9
    training = worked_off(store, commands)
    assert (training.outcome, training.model) == (Outcome.FAILED, "new")
    assert "signal 9" in str(training.reason)
    assert Models(store).measured("new") is None


def test_who_is_told_to_stop_stops_and_measures_nothing(store: Database, commands: Commands) -> None:
    commands.meanwhile = lambda: None if Trainings(store).stop(HANAKO) else pytest.fail("nothing was under way")
    training = worked_off(store, commands)
    assert (training.outcome, commands.asked) == (Outcome.STOPPED, ["train"])


def test_what_was_stopped_before_it_was_begun_is_not_begun(store: Database, commands: Commands) -> None:
    number = Trainings(store).begin(HANAKO, Task.TRAIN)
    Trainings(store).stop(HANAKO)
    work_off(number, store, commands)
    assert commands.asked == []


def test_what_has_ended_is_not_worked_off_once_more(store: Database, commands: Commands) -> None:
    training = worked_off(store, commands)
    commands.asked.clear()
    work_off(training.id, store, commands)
    work_off(training.id + 1, store, commands)
    assert commands.asked == []


def test_a_process_is_heard_line_by_line_and_its_status_is_told() -> None:
    said: List[str] = []
    status = in_a_process(
        ["print('一'); import sys; print('二', file=sys.stderr); sys.exit(3)"], said.append, lambda: None, PYTHON
    )
    assert (sorted(said), status) == (["一", "二"], 3)


def test_a_process_ends_with_all_that_it_started_when_it_is_to_stop() -> None:
    """The process and its child write their ids, and would wait for a minute."""
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    said: List[str] = []

    def goes_on() -> None:
        if said:
            raise StoppedError()

    began = time.monotonic()
    with pytest.raises(StoppedError):
        in_a_process([code], said.append, goes_on, PYTHON)
    assert time.monotonic() - began < 30
    [child] = said
    while not ended(int(child)):
        assert time.monotonic() - began < 30
        time.sleep(0.05)


def ended(process: int) -> bool:
    """Whether a process is no more, or waits only for whoever started it to hear of that."""
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"
