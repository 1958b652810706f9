"""What the bot knows, read once a process."""

from __future__ import annotations

from functools import lru_cache

from bot.knowledge import Knowledge, load_knowledge


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge of this process. Raises KnowledgeError where a file is wrong."""
    return load_knowledge()
