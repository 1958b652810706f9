"""Models stay for staff to go back to, and only one that fits what the process reads is run."""

from __future__ import annotations

import fcntl
import itertools
import os
import types
from pathlib import Path
from typing import Any, Dict

import pytest
import rasa.model_training

import bot.training
from bot.training import KEPT, ModelFile, TrainingError, ground, model_to_run, models, name_of, note_ground, train

KNOWLEDGE = "data/knowledge/issues.yml"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of a few files, with nothing trained."""
    monkeypatch.setattr(bot.training, "ROOT", tmp_path)
    monkeypatch.setattr(bot.training, "MODELS", tmp_path / "models")
    monkeypatch.setattr(bot.training, "_CACHE", tmp_path / ".rasa")
    write(tmp_path / "config.yml", "pipeline: []\npolicies: []\n")
    for file in (
        "domain.yml",
        "data/nlu/創業.yml",
        "data/turns/open.yml",
        "data/knowledge/issues.yml",
        "data/phrases.yml",
    ):
        write(tmp_path / file, "a: 1\n")
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa's, as far as the file goes that it writes; each is a minute later than the one before."""

    minutes = itertools.count()

    def rasa_train(output: str, fixed_model_name: str, **others: Any) -> Any:
        path = Path(output) / f"{fixed_model_name}.tar.gz"
        path.write_bytes(b"a model")
        made_at = 1_800_000_000 + 60 * next(minutes)
        os.utime(path, (made_at, made_at))
        return types.SimpleNamespace(model=str(path))

    monkeypatch.setattr(rasa.model_training, "train", rasa_train)


def trained(project: Path, learnt_from: str, **options: Any) -> str:
    write(project / "data" / "turns" / "open.yml", f"a: {learnt_from}\n")
    return name_of(train(lambda step: None, **options))


def names() -> "list[str]":
    return [model.name for model in models()]


def test_the_latest_models_stay_and_older_ones_go(project: Path) -> None:
    made = [trained(project, f"{number}") for number in range(KEPT + 2)]
    assert names() == made[::-1][:KEPT]
    assert sorted(file.name for file in (project / "models").glob("*.json")) == sorted(f"{one}.json" for one in names())


def test_a_model_in_use_stays_however_old_it_is(project: Path) -> None:
    first = trained(project, "first")
    for number in range(KEPT + 1):
        trained(project, f"{number}", in_use=[first])
    assert first in names() and len(names()) == KEPT + 1


def test_all_models_stay_where_it_is_not_known_which_are_in_use(project: Path) -> None:
    for number in range(KEPT + 2):
        trained(project, f"{number}", in_use=None)
    assert len(names()) == KEPT + 2


def test_models_that_learnt_from_other_examples_fit_the_same_process_and_of_other_knowledge_none(project: Path) -> None:
    trained(project, "one")
    trained(project, "two")
    write(project / KNOWLEDGE, "a: 2\n")
    trained(project, "two")
    grounds = [model.ground for model in models()]
    assert grounds[0] == ground() != grounds[1] == grounds[2]


def test_the_model_that_staff_chose_is_run_though_a_newer_one_is_there(project: Path) -> None:
    chosen, newer = trained(project, "one"), trained(project, "two")
    assert (name_of(model_to_run(chosen)), name_of(model_to_run())) == (chosen, newer)


def test_the_model_that_staff_chose_is_run_though_examples_were_added_since(project: Path) -> None:
    chosen = trained(project, "one")
    write(project / "data" / "nlu" / "創業.yml", "a: 2\n")
    assert name_of(model_to_run(chosen)) == chosen
    with pytest.raises(TrainingError, match="older than what it is made from"):
        model_to_run()


@pytest.mark.parametrize("file", ["domain.yml", KNOWLEDGE, "data/phrases.yml"])
def test_a_model_that_was_chosen_is_not_run_on_other_knowledge(project: Path, file: str) -> None:
    chosen = trained(project, "one")
    write(project / file, "a: 2\n")
    with pytest.raises(TrainingError, match="older than what it is made from"):
        model_to_run(chosen)
    newer = trained(project, "two")
    assert name_of(model_to_run(chosen)) == newer


def test_a_model_that_was_chosen_and_is_gone_gives_way_to_that_of_the_files(project: Path) -> None:
    there = trained(project, "one")
    assert name_of(model_to_run("kakaritsuke-gone")) == there


def test_the_ground_of_a_model_of_before_is_known_as_long_as_the_files_are_as_they_were(project: Path) -> None:
    trained(project, "one")
    [note] = (project / "models").glob("*.json")
    note.unlink()
    [model] = models()
    assert model.ground == ground()
    write(project / "data" / "turns" / "open.yml", "a: changed\n")
    assert only_one().ground is None


def test_the_ground_of_a_model_of_before_can_be_noted_in_time(project: Path) -> None:
    trained(project, "one")
    [note] = (project / "models").glob("*.json")
    note.unlink()
    note_ground(only_one().path)
    write(project / "data" / "turns" / "open.yml", "a: changed\n")
    assert only_one().ground == ground()


def only_one() -> ModelFile:
    [model] = models()
    return model


def test_two_trainings_at_once_are_one_and_a_clear_line(project: Path) -> None:
    (project / "models").mkdir()
    with (project / "models" / ".training").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(TrainingError, match="another training is under way here"):
            train(lambda step: None)
    assert trained(project, "one")


def test_a_training_that_fails_takes_no_model_away(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [trained(project, f"{number}") for number in range(KEPT)]

    def fails(**options: Dict[str, Any]) -> Any:
        raise SystemExit(1)

    monkeypatch.setattr(rasa.model_training, "train", fails)
    with pytest.raises(TrainingError):
        trained(project, "wrong")
    assert names() == before[::-1]
