"""What the console asks of the server about models: which there are, which answers, to train, to change to another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional, Protocol, Tuple


@dataclass(frozen=True)
class Model:
    """A trained model: its name, when it was made (Unix seconds), and its size in bytes.

    `fits` where it was made from what this process has read, so that it can answer here.
    """

    name: str
    made_at: float
    size: int
    fits: bool


class WhyNot(str, Enum):
    """Why a model cannot answer here."""

    GONE = "gone"
    OTHER_KNOWLEDGE = "other_knowledge"
    FILES_CHANGED = "files_changed"
    BROKEN = "broken"


class CannotAnswerError(Exception):
    """The model cannot answer here; the one before goes on."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


class Learner(Protocol):
    """Whoever serves hands it in; the console knows nothing of how models are made."""

    @property
    def can_train(self) -> bool:
        """Whether a model can be made and kept here."""

    def models(self) -> Tuple[Model, ...]:
        """The models that are there, the latest first."""

    def answering(self) -> Optional[str]:
        """The name of the model that answers here; None where there is none yet."""

    def begin(self, training: int) -> None:
        """Let a process of its own work off a training that the store knows of. Raises OSError."""

    async def make_ready(self, model: str) -> None:
        """Load a model beside the one that answers. Raises CannotAnswerError."""

    async def take(self, model: str) -> None:
        """Let a model answer from the next turn on; it is loaded first where it is not. Raises CannotAnswerError."""


class NoLearner:
    """Nobody who serves: there are no models, and none can be made."""

    can_train = False

    def models(self) -> Tuple[Model, ...]:
        """None."""
        return ()

    def answering(self) -> Optional[str]:
        """None."""
        return None

    def begin(self, training: int) -> None:
        """Nothing can be begun."""
        raise OSError("nothing can be trained here")

    async def make_ready(self, model: str) -> None:
        """There is none."""
        raise CannotAnswerError(WhyNot.GONE)

    async def take(self, model: str) -> None:
        """There is none."""
        raise CannotAnswerError(WhyNot.GONE)
