"""Trains the model when, and only when, something it is made from has changed."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import logging
import shutil
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Sequence

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
# The operator's, who may change them at any time: no component reads offices, neither when it learns nor in a turn.
_NOT_MADE_FROM = ("data/knowledge/offices_local.yml",)
# What a component's result depends on beside its configuration and the training data, which Rasa's cache compares.
_LEARNT_WITH = (*_CODE, "data/knowledge/issues.yml")
_CACHE = ROOT / ".rasa"


class TrainingError(Exception):
    """The model cannot be trained; the message says which file is wrong and what to do."""


def trained_model() -> Optional[Path]:
    """The model that belongs to the files as they are now, or None where it has to be trained first."""
    path = _model_path()
    return path if path.exists() else None


def model_to_run() -> Path:
    """The model that belongs to the files as they are now.

    Raises TrainingError where it has to be trained first: a model that learnt other sub-issues than the knowledge has
    fails within a turn, in front of an owner.
    """
    model = trained_model()
    if model is not None:
        return model
    if not any(MODELS.glob("kakaritsuke-*.tar.gz")):
        raise TrainingError("there is no trained model; run `make train` (or `python -m bot train`) first")
    raise TrainingError(
        "the model is older than what it is made from (config.yml, domain.yml, data or bot/nlu have changed); "
        "run `make train` (or `python -m bot train`) first"
    )


def train(progress: Callable[[str], None]) -> Path:
    """Train what changed and return the model's path. `progress` is told each step in a few words.

    Raises TrainingError where a file is wrong.
    """
    _check_files()
    _forget_what_other_code_learnt()
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    from bot.frame import changes
    from bot.quiet import show_errors_only

    show_errors_only()
    changes.apply()
    logging.getLogger("rasa").setLevel(logging.CRITICAL)  # what is wrong is raised, and said once, in one line
    path = _model_path()
    said = io.StringIO()
    try:
        _check_configuration()
        with _steps_told(progress), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            result = rasa_train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data" / "nlu"), str(ROOT / "data" / "core.yml")],
                output=str(MODELS),
                fixed_model_name=path.name[: -len(".tar.gz")],
            )
    except (RasaException, SystemExit) as error:
        reason = str(error) if isinstance(error, RasaException) else said.getvalue()
        raise TrainingError(" ".join(reason.split()) or "training stopped without a reason") from error
    if not result.model:
        raise TrainingError(" ".join(said.getvalue().split()) or "training gave no model")
    for old in MODELS.glob("*.tar.gz"):
        if old != path:
            old.unlink()
    return path


def _model_path() -> Path:
    return MODELS / f"kakaritsuke-{_fingerprint(_MADE_FROM)}.tar.gz"


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
