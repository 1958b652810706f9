"""What the chat on a page offers at this desk before anything is said: from what the bot knows, and from desk.yml."""

from __future__ import annotations

from typing import Optional

from bot.channels.at_any_time import at_any_time, way_back, wish_to_be_forgotten
from bot.consult.choices import topics
from bot.frame.known import knowledge
from bot.knowledge import Window
from bot.web.widget import AtHand, Telephone


def at_hand() -> AtHand:
    """As it is at the start. Raises AtAnyTimeError, KnowledgeError and SetUpError for a wrong file."""
    known = knowledge()
    always = (*at_any_time(), way_back(), wish_to_be_forgotten())
    return AtHand(always, topics(known), _telephone(known.window))


def _telephone(window: Optional[Window]) -> Optional[Telephone]:
    """The first number of the operator's own desk."""
    if window is None or not window.phones:
        return None
    phone = window.phones[0]
    return Telephone(phone.number, window.name, phone.hours)
