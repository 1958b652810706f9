"""The models of this process, as the console asks and staff chooses: one answers, another is loaded beside it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zlib
from pathlib import Path
from typing import Callable, Optional, Tuple

from rasa.core.agent import Agent
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphComponentException
from rasa.exceptions import ModelNotFound
from rasa.shared.exceptions import RasaException

from bot.console.learner import CannotAnswerError, Model, WhyNot
from bot.frame.thinking import thinking
from bot.paths import MODELS, ROOT
from bot.serving.second_model import SecondProcessor
from bot.store import Database, Models, StoreError
from bot.training import ground, model_named, models, name_of

# What a model raises that does not load; the last three where its file is cut off or was changed.
MODEL_ERRORS = (RasaException, GraphComponentException, ModelNotFound, OSError, tarfile.TarError, EOFError, zlib.error)
_LOOKS_EVERY_S = 1.0
_SAYS_EVERY_S = 5.0
_LOGGER = logging.getLogger(__name__)


class ServingModels:
    """As the console asks (`bot.console.learner.Learner`), by the agent that is there once the server has started.

    `read` is the ground of what this process has read: only models of the same can answer in it. Beside the model that
    answers one more stays in memory: the one before it, so that going back takes no time, or one that was made ready or
    that somebody tries out.
    """

    def __init__(self, agent: Callable[[], Optional[Agent]], store: Database, read: str) -> None:
        self._agent = agent
        self._models = Models(store)
        self._read = read
        self._beside: Optional[Tuple[str, MessageProcessor]] = None
        self._changing = asyncio.Lock()
        self._followed: Optional[int] = None
        self._problem: Optional[WhyNot] = None
        self._prepared: Optional[str] = None
        self._process = f"{socket.gethostname()}:{os.getpid()}"

    @property
    def can_train(self) -> bool:
        """Whether models can be written where they lie."""
        return os.access(MODELS if MODELS.exists() else ROOT, os.W_OK)

    def models(self) -> Tuple[Model, ...]:
        """As the protocol says."""
        return tuple(Model(each.name, each.made_at, each.size, each.ground == self._read) for each in models())

    def answering(self) -> Optional[str]:
        """As the protocol says."""
        agent = self._agent()
        return name_of(Path(agent.processor.model_filename)) if agent is not None and agent.processor else None

    def begin(self, training: int) -> None:
        """As the protocol says; the process goes on where this one ends."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "learn", str(training)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=process.wait, name="training", daemon=True).start()  # or it would stay as a zombie

    async def make_ready(self, model: str) -> None:
        """As the protocol says; owners' turns go on meanwhile."""
        async with self._changing:
            if model != self.answering():
                await self._loaded(model)

    async def beside(self, model: str) -> MessageProcessor:
        """A model to be tried out beside the one that answers, which it is not. Raises CannotAnswerError."""
        async with self._changing:
            if model == self.answering():
                raise CannotAnswerError(WhyNot.GONE)
            return await self._loaded(model)

    async def take(self, model: str) -> None:
        """As the protocol says. A turn that is under way keeps to the model that it began with."""
        async with self._changing:
            if model == self.answering():
                return
            loaded, agent = await self._loaded(model), self._agent()
            assert agent is not None, "nothing is loaded beside nobody"
            before = (str(self.answering()), agent.processor)
            await thinking().do(_exchanged(agent, loaded))
            self._beside = before

    async def _loaded(self, model: str) -> MessageProcessor:
        """The model beside the one that answers: the one that is there, or loaded in its place."""
        if self._beside is not None and self._beside[0] == model:
            return self._beside[1]
        agent, path = self._agent(), await asyncio.to_thread(self._that_fits, model)
        if agent is None:
            raise CannotAnswerError(WhyNot.GONE)
        self._beside = None  # three at once would be one too many
        try:
            loaded = await asyncio.to_thread(SecondProcessor, path, agent)
        except MODEL_ERRORS as error:
            _LOGGER.error("the model %s does not load: %s", model, error.__cause__ or error)
            raise CannotAnswerError(WhyNot.BROKEN) from error
        await asyncio.to_thread(self._that_fits, model)  # its components have read the files just now
        self._beside = (model, loaded)
        return loaded

    async def keep_following(self) -> None:
        """Answer with the model that staff chose last, in whichever process, and say which answers here; for ever."""
        said_at = -_SAYS_EVERY_S
        while True:
            try:
                changed = await self._follow()
                await self._prepare()
                if changed or time.monotonic() - said_at >= _SAYS_EVERY_S:
                    said_at = time.monotonic()
                    await self._say()
            except StoreError as error:
                _LOGGER.error("which model is to answer is not known: %s", error)
                await asyncio.sleep(_SAYS_EVERY_S)
            await asyncio.sleep(_LOOKS_EVERY_S)

    async def _follow(self) -> bool:
        """Whether there was a choice that was not known."""
        latest = await asyncio.to_thread(self._models.activations, 1)
        if not latest or latest[0].id == self._followed:
            return False
        self._followed, self._problem = latest[0].id, None
        try:
            await self.make_ready(latest[0].model)
            await self.take(latest[0].model)
        except CannotAnswerError as error:
            self._problem = error.why
            _LOGGER.error("the model that staff chose does not answer here: %s (%s)", latest[0].model, error.why.value)
        return True

    async def _prepare(self) -> None:
        """Load what somebody looks at, to choose it: once, also where it does not load."""
        wanted = await asyncio.to_thread(self._models.to_prepare)
        if wanted == self._prepared:
            return
        self._prepared = wanted
        if wanted is not None:
            try:
                await self.make_ready(wanted)
            except CannotAnswerError as error:
                _LOGGER.error("the model that staff looks at is not loaded: %s (%s)", wanted, error.why.value)

    async def _say(self) -> None:
        answering = self.answering()
        if answering is not None:
            problem = self._problem.value if self._problem is not None else None
            await asyncio.to_thread(self._models.answers, self._process, answering, problem)

    def _that_fits(self, model: str) -> Path:
        """The file of a model that was made from what this process has read, as the files still are."""
        found = model_named(model)
        if found is None:
            raise CannotAnswerError(WhyNot.GONE)
        if found.ground != self._read:
            raise CannotAnswerError(WhyNot.OTHER_KNOWLEDGE)
        if ground() != self._read:
            raise CannotAnswerError(WhyNot.FILES_CHANGED)
        return found.path


async def _exchanged(agent: Agent, processor: MessageProcessor) -> None:
    """In the thread of the turns, between two steps of them: what begins from now on is done by this one."""
    agent.processor = processor
    agent.domain = agent.tracker_store.domain = processor.domain
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        agent.nlg.responses = processor.domain.responses
