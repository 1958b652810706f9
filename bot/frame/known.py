"""What the bot knows at this desk: our knowledge, with the offices that the operator adds or puts in place of ours."""

from __future__ import annotations

from functools import lru_cache

from bot.knowledge import Knowledge, OperatorsOffices, load_knowledge
from bot.operator.offices import offices_file


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Read once a process, at the start. Raises KnowledgeError; SetUpError where the name of a file is none."""
    file = offices_file()
    return load_knowledge(operators=OperatorsOffices(file.path, file.called) if file else None)
