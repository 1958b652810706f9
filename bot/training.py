"""Trains the model when, and only when, something it is made from has changed, and says which models there are."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib
import io
import json
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Collection, Iterator, List, Optional, Sequence, Tuple

import yaml

from bot.knowledge import KnowledgeError, load_knowledge
from bot.paths import MODELS, ROOT

_CODE = ("bot/nlu/*.py", "bot/normalization.py", "requirements.lock")
_MADE_FROM = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/knowledge/**/*.yml",
    "data/turns/*.yml",
    "data/phrases.yml",
    "data/core.yml",
    *_CODE,
)
# What the process that answers reads of this by itself: a model that learnt other issues, or was made by other code,
# would be asked about what it does not know.
_READ_IN_A_TURN = ("domain.yml", "data/knowledge/**/*.yml", "data/phrases.yml", *_CODE)
# The operator's, who may change them at any time: no component reads offices, neither when it learns nor in a turn.
_NOT_MADE_FROM = ("data/knowledge/offices_local.yml",)
# What a component's result depends on beside its configuration and the training data, which Rasa's cache compares.
_LEARNT_WITH = (*_CODE, "data/knowledge/issues.yml")
_CACHE = ROOT / ".rasa"
_NAMED = "kakaritsuke-"
_PACKED = ".tar.gz"
# The one that answers, the one before it, to go back to, and one that is looked at: 42 MB each.
KEPT = 3


class TrainingError(Exception):
    """The model cannot be trained; the message says which file is wrong and what to do."""


@dataclass(frozen=True)
class ModelFile:
    """A trained model: its name, which has the fingerprint of all that it is made from, and when it was made.

    `ground` is the fingerprint of what a process that answers with it has to have read; None where that was not noted.
    """

    name: str
    path: Path
    made_at: float
    size: int
    ground: Optional[str]


def models() -> Tuple[ModelFile, ...]:
    """The models that are there, the latest first."""
    found = []
    for path in MODELS.glob(f"{_NAMED}*{_PACKED}"):
        with contextlib.suppress(FileNotFoundError):  # taken away by a training meanwhile
            found.append(_model_file(path))
    return tuple(sorted(found, key=lambda model: (-model.made_at, model.name)))


def model_named(name: str) -> Optional[ModelFile]:
    """The model of this name; None where there is none."""
    return next((model for model in models() if model.name == name), None)


def name_of(model: Path) -> str:
    """What a model is called: its file without its ending."""
    return model.name.removesuffix(_PACKED)


def ground() -> str:
    """The fingerprint of the files that a process that answers reads, as they are now.

    Models of equal ground can take each other's place in it; they differ by what they learnt from (data/nlu,
    data/turns) and by config.yml.
    """
    return _fingerprint(_READ_IN_A_TURN)


def note_ground(model: Path) -> None:
    """Note the ground of the model that belongs to the files as they are now, where that has not been done."""
    if model == _model_path() and not _ground_file(model).exists():
        _keep_ground(model, ground())


def trained_model() -> Optional[Path]:
    """The model that belongs to the files as they are now, or None where it has to be trained first."""
    path = _model_path()
    return path if path.exists() else None


def model_to_run(chosen: Optional[str] = None) -> Path:
    """The model that staff has `chosen`, where it fits the files that a process reads; else the one made from them all.

    Raises TrainingError where that has to be trained first: a model that learnt other sub-issues than the knowledge has
    fails within a turn, in front of an owner.
    """
    wanted = model_named(chosen) if chosen is not None else None
    if wanted is not None and wanted.ground == ground():
        return wanted.path
    model = trained_model()
    if model is not None:
        return model
    if not models():
        raise TrainingError("there is no trained model; run `make train` (or `python -m bot train`) first")
    raise TrainingError(
        "the model is older than what it is made from (config.yml, domain.yml, data or bot/nlu have changed); "
        "run `make train` (or `python -m bot train`) first"
    )


def train(progress: Callable[[str], None], in_use: Optional[Collection[str]] = ()) -> Path:
    """Train what changed and return the model's path. `progress` is told each step in a few words.

    The latest models stay, and those `in_use`, by name: staff goes back to them. None: it is not known which are, and
    all stay. Raises TrainingError where a file is wrong, or another training is under way here.
    """
    with _alone():
        return _train(progress, in_use)


def _train(progress: Callable[[str], None], in_use: Optional[Collection[str]]) -> Path:
    _check_files()
    _forget_what_other_code_learnt()
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    from bot.frame import changes
    from bot.quiet import show_errors_only

    show_errors_only()
    changes.apply()
    logging.getLogger("rasa").setLevel(logging.CRITICAL)  # what is wrong is raised, and said once, in one line
    path, made_on = _model_path(), ground()
    said = io.StringIO()
    try:
        _check_configuration()
        with _steps_told(progress), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            result = rasa_train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data" / "nlu"), str(ROOT / "data" / "core.yml")],
                output=str(MODELS),
                fixed_model_name=name_of(path),
            )
    except (RasaException, SystemExit) as error:
        reason = str(error) if isinstance(error, RasaException) else said.getvalue()
        raise TrainingError(" ".join(reason.split()) or "training stopped without a reason") from error
    if not result.model:
        raise TrainingError(" ".join(said.getvalue().split()) or "training gave no model")
    _keep_ground(path, made_on)
    if in_use is not None:
        _let_old_ones_go({name_of(path), *in_use})
    return path


def _let_old_ones_go(stay: Collection[str]) -> None:
    for old in models()[KEPT:]:
        if old.name not in stay:
            old.path.unlink(missing_ok=True)
            _ground_file(old.path).unlink(missing_ok=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One training at a time in this folder: two would write into the same cache. Raises TrainingError."""
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / ".training").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError("another training is under way here; wait for its end") from error
        yield


def _model_file(path: Path) -> ModelFile:
    state, noted = path.stat(), _ground_file(path)
    made_on: Optional[str] = None
    if noted.exists():
        made_on = json.loads(noted.read_text(encoding="utf-8"))["ground"]
    elif path == _model_path():
        made_on = ground()
    return ModelFile(name_of(path), path, state.st_mtime, state.st_size, made_on)


def _keep_ground(model: Path, made_on: str) -> None:
    """In one step: others read it at any time."""
    written = _ground_file(model).with_suffix(f".{os.getpid()}")
    written.write_text(json.dumps({"ground": made_on}), encoding="utf-8")
    written.replace(_ground_file(model))


def _ground_file(model: Path) -> Path:
    return model.with_name(f"{name_of(model)}.json")


def _model_path() -> Path:
    return MODELS / f"{_NAMED}{_fingerprint(_MADE_FROM)}{_PACKED}"


def _forget_what_other_code_learnt() -> None:
    """Empties Rasa's cache where our components have changed, or the issues that they learn to tell apart.

    Rasa knows a component's result by the source of its class alone; what the class calls may be other code by now, and
    what it reads of the knowledge other knowledge.
    """
    stamp = _CACHE / "made-by"
    code = _fingerprint(_LEARNT_WITH)
    if not stamp.exists() or stamp.read_text() != code:
        shutil.rmtree(_CACHE, ignore_errors=True)
        _CACHE.mkdir(parents=True)
        stamp.write_text(code)


def _fingerprint(patterns: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for path in _files(patterns):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(patterns: Sequence[str]) -> List[Path]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(found - {ROOT / name for name in _NOT_MADE_FROM})


def _check_files() -> None:
    """Raises TrainingError for a file that is missing or not YAML, or knowledge that is wrong."""
    for needed in ("config.yml", "domain.yml"):
        if not (ROOT / needed).exists():
            raise TrainingError(f"{needed}: the file is missing; get it back with `git checkout {needed}`")
    for path in _files(_MADE_FROM):
        if path.suffix != ".yml":
            continue
        try:
            yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise TrainingError(
                f"{path.relative_to(ROOT)}: {_where_and_what(error)}; mend the file and try again"
            ) from error
    try:
        load_knowledge()
    except KnowledgeError as error:
        raise TrainingError(f"what the bot knows is wrong: {error}") from error


def _check_configuration() -> None:
    """Raises what our components say of their part of config.yml, before minutes of training."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for component in (*config["pipeline"], *config["policies"]):
        module, name = component["name"].rsplit(".", 1)
        made_of = getattr(importlib.import_module(module), name)
        if hasattr(made_of, "validate_config"):
            made_of.validate_config({key: value for key, value in component.items() if key != "name"})


def _where_and_what(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"not readable as UTF-8 YAML ({error})"
    return f"line {mark.line + 1}: not valid YAML ({getattr(error, 'problem', '')})"


@contextlib.contextmanager
def _steps_told(progress: Callable[[str], None]) -> Iterator[None]:
    """Passes on which component Rasa trains at the moment."""

    class Tell(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            progress(record.getMessage())

    hooks = logging.getLogger("rasa.engine.training.hooks")
    handler, level, propagate = Tell(), hooks.level, hooks.propagate
    hooks.addHandler(handler)
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    try:
        yield
    finally:
        hooks.removeHandler(handler)
        hooks.setLevel(level)
        hooks.propagate = propagate
