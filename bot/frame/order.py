"""The order in which turns are computed: fair between addresses, and between the conversations of an address."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Collection, Deque, Generic, Optional, TypeVar

Waiting = TypeVar("Waiting")


@dataclass(frozen=True)
class Place:
    """Where somebody waits: the conversation, and the address that it counts for."""

    address: str
    conversation: str


class FairOrder(Generic[Waiting]):
    """Whoever waits, in the order of their turns: one of each address in turn, one of each conversation within it.

    Within a conversation who came first goes first. The address that was last served goes to the end, also with what
    it brings meanwhile: twenty conversations of one address make the others wait for one of them, not for twenty.
    """

    def __init__(self) -> None:
        self._addresses: "OrderedDict[str, OrderedDict[str, Deque[Waiting]]]" = OrderedDict()
        self._served: Optional[str] = None

    def add(self, place: Place, waiting: Waiting) -> None:
        """One more waits."""
        conversations = self._addresses.setdefault(place.address, OrderedDict())
        conversations.setdefault(place.conversation, deque()).append(waiting)

    def remove(self, place: Place, waiting: Waiting) -> bool:
        """Whether it still waited; it does no longer."""
        queue = self._addresses.get(place.address, OrderedDict()).get(place.conversation, deque())
        if waiting not in queue:
            return False
        queue.remove(waiting)
        self._tidy(place)
        return True

    def next(self, under_way: Collection[str] = ()) -> Optional[Waiting]:
        """Whose turn it is, who waits no longer; None where nobody does but in conversations that are `under_way`."""
        if self._served is not None and self._served in self._addresses:
            self._addresses.move_to_end(self._served)
        for address, conversations in self._addresses.items():
            for conversation, queue in conversations.items():
                if conversation in under_way:
                    continue
                waiting = queue.popleft()
                conversations.move_to_end(conversation)
                self._served = address
                self._tidy(Place(address, conversation))
                return waiting
        return None

    def _tidy(self, place: Place) -> None:
        conversations = self._addresses[place.address]
        if not conversations[place.conversation]:
            del conversations[place.conversation]
        if not conversations:
            del self._addresses[place.address]
