"""What the bot knows at this desk: our knowledge, with what the operator says of this window and of offices near it."""

from __future__ import annotations

from functools import lru_cache

from bot.knowledge import Knowledge, OperatorsDesk, OperatorsOffices, load_knowledge
from bot.operator.offices import offices_file
from bot.operator.window import desk_file


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Read once a process, at the start. Raises KnowledgeError; SetUpError where the name of a file is none."""
    offices, desk = offices_file(), desk_file()
    return load_knowledge(
        operators=OperatorsOffices(offices.path, offices.called) if offices else None,
        desk=OperatorsDesk(desk.path, desk.called) if desk else None,
    )
