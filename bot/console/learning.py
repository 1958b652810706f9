"""学習と評価: the models that there are, training one, what it does better and worse, and which one answers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from sanic.response import HTTPResponse

from bot.console.learner import CannotAnswerError, Model
from bot.console.pages import go_to, page
from bot.console.visit import Visit
from bot.console.weighing import Weighed, weighed
from bot.store import (
    LONGEST_REASON,
    Action,
    Activation,
    Answering,
    ChosenMeanwhileError,
    Kind,
    Models,
    Outcome,
    Role,
    Task,
    Training,
    Trainings,
    UnderWayError,
)

LEARNING = "/learning"
MODEL = f"{LEARNING}/models/<model:str>"
_LATEST_LINES = 12
_ALL_LINES = 2_000
_LATEST_CHOICES = 10
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """A model with what it was measured to do: how many were right of how many, by kind, and when that was."""

    model: Model
    answers: bool
    shares: Dict[Kind, Tuple[int, int]]
    measured_at: Optional[float]


@dataclass(frozen=True)
class Standing:
    """All that the page shows."""

    known: Tuple[Known, ...]
    answering: Optional[str]
    choices: Tuple[Activation, ...]
    processes: Tuple[Answering, ...]
    training: Optional[Training]

    @property
    def before(self) -> Optional[Model]:
        """The model to go back to: the one in whose place the latest choice put the one that answers."""
        if not self.choices or self.choices[0].model != self.answering:
            return None
        return next((each.model for each in self.known if each.model.name == self.choices[0].before), None)

    @property
    def latest(self) -> Optional[int]:
        """The number of the latest choice."""
        return self.choices[0].id if self.choices else None


async def learning_page(visit: Visit) -> HTTPResponse:
    """The models, and how far a training is."""
    return await _page(visit, None)


async def progress_part(visit: Visit) -> HTTPResponse:
    """How far a training is, without the page around it, which asks for it every few seconds."""
    trainings = Trainings(visit.console.store, visit.console.clock)
    training = await asyncio.to_thread(trainings.latest)
    return page(visit, "_learning", **await _progress(visit, training))


async def log_page(visit: Visit) -> HTTPResponse:
    """All that the latest training said."""
    trainings = Trainings(visit.console.store, visit.console.clock)
    training = await asyncio.to_thread(trainings.latest)
    lines = await asyncio.to_thread(trainings.log, training.id, _ALL_LINES) if training is not None else ()
    return page(visit, "learning_log", training=training, lines=lines)


async def train(visit: Visit) -> HTTPResponse:
    """Begin a training."""
    return await _begin(visit, Task.TRAIN, None)


async def measure(visit: Visit) -> HTTPResponse:
    """Begin to measure a model that is there."""
    name = visit.sent("model")
    found = {model.name: model for model in await asyncio.to_thread(visit.console.learner.models)}
    if name not in found or not found[name].fits:
        return await _not_done(visit, "model")
    return await _begin(visit, Task.MEASURE, name)


async def stop(visit: Visit) -> HTTPResponse:
    """Ask the one that is under way to end."""
    trainings = Trainings(visit.console.store, visit.console.clock)
    if not await asyncio.to_thread(trainings.stop, visit.by):
        return await _not_done(visit, "none_under_way")
    return go_to(visit, f"{LEARNING}?said=training_stopped")


async def model_page(visit: Visit) -> HTTPResponse:
    """A model beside the one that answers: what it does better and worse, and whether it is to answer."""
    return await _model_page(visit, None)


async def make_ready(visit: Visit) -> HTTPResponse:
    """An administrator looks at a model: it is loaded in every process, so that the change itself takes no time."""
    name, console = visit.path["model"], visit.console
    if name not in {model.name for model in await asyncio.to_thread(console.learner.models) if model.fits}:
        return await _not_chosen(visit, "gone")
    await asyncio.to_thread(Models(console.store, console.clock).prepare, visit.by, name)
    try:
        await console.learner.make_ready(name)
    except CannotAnswerError as error:
        return page(visit, "_learning_ready", problem=error.why.value)
    return page(visit, "_learning_ready", problem=None)


async def choose(visit: Visit) -> HTTPResponse:
    """A model is to answer from the next turn on, in every process."""
    standing, name = await _standing(visit), visit.path["model"]
    found = _known(standing, name)
    if found is None or standing.answering is None or name == standing.answering:
        return await _not_chosen(visit, "gone")
    reason = visit.sent("reason").strip()
    if len(reason) > LONGEST_REASON:
        return await _not_chosen(visit, "long")
    if not reason and (await _weighed(visit, standing.answering, name)).objections:
        return await _not_chosen(visit, "reason")
    return await _change(visit, standing, name, reason, back=False)


async def bring_back(visit: Visit) -> HTTPResponse:
    """The model before the latest choice is to answer once more. It has answered, so nothing is weighed."""
    standing = await _standing(visit)
    if standing.before is None or visit.sent("model") != standing.before.name:
        return await _not_done(visit, "no_model_before")
    return await _change(visit, standing, standing.before.name, "", back=True)


async def _change(visit: Visit, standing: Standing, name: str, reason: str, back: bool) -> HTTPResponse:
    """Load it here first: what does not load here is chosen for nobody."""
    console, latest = visit.console, _number(visit.sent("latest"))
    assert standing.answering is not None, "nothing is changed before something answers"
    try:
        await console.learner.make_ready(name)
        models = Models(console.store, console.clock)
        await asyncio.to_thread(models.choose, visit.by, name, standing.answering, reason, back, latest)
    except CannotAnswerError as error:
        return await (_not_done(visit, error.why.value) if back else _not_chosen(visit, error.why.value))
    except ChosenMeanwhileError:
        return await (_not_done(visit, "meanwhile") if back else _not_chosen(visit, "meanwhile"))
    await console.learner.take(name)
    return go_to(visit, f"{LEARNING}?said={'model_brought_back' if back else 'model_chosen'}")


async def _begin(visit: Visit, task: Task, model: Optional[str]) -> HTTPResponse:
    console, trainings = visit.console, Trainings(visit.console.store, visit.console.clock)
    if not console.learner.can_train:
        return await _not_done(visit, "cannot_train")
    try:
        number = await asyncio.to_thread(trainings.begin, visit.by, task, model)
    except UnderWayError:
        return await _not_done(visit, "under_way")
    try:
        await asyncio.to_thread(console.learner.begin, number)
    except OSError as error:
        _LOGGER.error("no process for a training: %s", error)
        await asyncio.to_thread(trainings.end, number, Outcome.FAILED, model, str(error))
    return go_to(visit, f"{LEARNING}?said={'training_begun' if task is Task.TRAIN else 'measuring_begun'}")


async def _not_done(visit: Visit, problem: str) -> HTTPResponse:
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.LEARNING_NOT_DONE, None, problem)
    return await _page(visit, problem)


async def _not_chosen(visit: Visit, problem: str) -> HTTPResponse:
    await asyncio.to_thread(visit.console.audit.note, visit.by, Action.MODEL_NOT_CHOSEN, visit.path["model"], problem)
    return await _model_page(visit, problem)


async def _page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    standing = await _standing(visit)
    return page(
        visit,
        "learning",
        200 if problem is None else 409,
        problem=problem,
        standing=standing,
        kinds=list(Kind),
        can_train=visit.console.learner.can_train,
        **await _progress(visit, standing.training),
    )


async def _progress(visit: Visit, training: Optional[Training]) -> Dict[str, Any]:
    trainings = Trainings(visit.console.store, visit.console.clock)
    lines = await asyncio.to_thread(trainings.log, training.id, _LATEST_LINES) if training is not None else ()
    return {
        "training": training,
        "lines": lines,
        "now": visit.console.clock(),
        "may_act": visit.account.role.may_do_as(Role.ADMINISTRATOR),
    }


async def _model_page(visit: Visit, problem: Optional[str]) -> HTTPResponse:
    standing, name = await _standing(visit), visit.path["model"]
    found = _known(standing, name)
    if found is None:
        return page(visit, "not_found", 404)
    other = _known(standing, standing.answering)
    weighing = await _weighed(visit, standing.answering, name)
    return page(
        visit,
        "learning_model",
        200 if problem is None else 409,
        problem=problem,
        found=found,
        other=other,
        standing=standing,
        weighed=weighing,
        kinds=list(Kind),
        longest_reason=LONGEST_REASON,
        reason=visit.sent("reason"),
        may_act=visit.account.role.may_do_as(Role.ADMINISTRATOR),
    )


async def _weighed(visit: Visit, before: Optional[str], after: str) -> Weighed:
    models = Models(visit.console.store, visit.console.clock)

    def both() -> Weighed:
        return weighed(models.measured(before) if before is not None else None, models.measured(after))

    return await asyncio.to_thread(both)


async def _standing(visit: Visit) -> Standing:
    return await asyncio.to_thread(_standing_of, visit)


def _standing_of(visit: Visit) -> Standing:
    console = visit.console
    models, answering = Models(console.store, console.clock), console.learner.answering()
    shares, measured_at = models.shares(), models.measured_at()
    known: List[Known] = [
        Known(model, model.name == answering, shares.get(model.name, {}), measured_at.get(model.name))
        for model in console.learner.models()
    ]
    return Standing(
        tuple(known),
        answering,
        models.activations(_LATEST_CHOICES),
        models.answering(),
        Trainings(console.store, console.clock).latest(),
    )


def _known(standing: Standing, name: Optional[str]) -> Optional[Known]:
    return next((known for known in standing.known if known.model.name == name), None)


def _number(text: str) -> Optional[int]:
    return int(text) if text.isascii() and text.isdecimal() else None
