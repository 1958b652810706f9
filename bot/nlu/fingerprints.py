"""What of the knowledge a component learns from, as a digest, so that plain `rasa train` notices a change."""

from __future__ import annotations

import hashlib

from bot.knowledge import KNOWLEDGE_FOLDER


def digest_of(pattern: str) -> str:
    """Of the files of data/knowledge that a pattern names, in their order."""
    digest = hashlib.sha256()
    for path in sorted(KNOWLEDGE_FOLDER.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
