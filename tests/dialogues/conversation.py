"""The written conversations of this folder, and the real bot to hold them with."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import List

from rasa.core.agent import Agent

from bot.evaluation.dialogues import Dialogue, dialogues_in
from bot.evaluation.dialogues import hold as held
from bot.evaluation.talking import Held as Turn
from bot.evaluation.talking import let_time_pass, say, shown

__all__ = ["Turn", "conversations", "hold", "let_time_pass", "say", "shown"]

FOLDER = Path(__file__).parent


def conversations() -> List[Dialogue]:
    """Every conversation in this folder."""
    return [dialogue for path in sorted(FOLDER.glob("*.yml")) for dialogue in dialogues_in(path)]


async def hold(bot: Agent, dialogue: Dialogue) -> None:
    """Say the owner's lines; fails with the conversation to read at the first difference."""
    difference = await held(bot, dialogue, uuid.uuid4().hex)
    assert difference is None, difference
