"""Parts of a message that may each hold a worry of their own: 人が辞めた。それと借入の返済も…"""

from __future__ import annotations

import re
from typing import List

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.normalization import text_to_read

CLAUSES = "clauses"
_AND = "あと|それと|それから|ついでに|おまけに|あわせて|加えて|さらに"
_ENDS = re.compile(rf"[。！!？?\n]|(?<=[しが])、|、?(?:{_AND})")
_SHORTEST = 7
_MOST = 6


def clauses_of(text: str) -> List[str]:
    """The first six clauses of at least seven characters; none where the message is a single one."""
    parts = [part.strip("、 ") for part in _ENDS.split(text_to_read(text)) if part]
    told = [part for part in parts if len(part) >= _SHORTEST]
    return told[:_MOST] if len(told) > 1 else []


def cut_into_clauses(messages: List[Message]) -> None:
    """Keeps with every message its clauses, as messages of their own that the featurizers read as well."""
    for message in messages:
        message.set(CLAUSES, [Message(data={TEXT: clause}) for clause in clauses_of(message.get(TEXT) or "")])


def with_clauses(messages: List[Message]) -> List[Message]:
    """Every message, followed by its clauses."""
    return [one for message in messages for one in (message, *(message.get(CLAUSES) or []))]
