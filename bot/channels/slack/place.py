"""Where a conversation is held in Slack, and its id: a person's direct message, or a person in a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

_ID = re.compile(r"slack-(?P<team>\w+)-(?:(?P<channel>\w+)-(?P<thread>\d+(?:\.\d+)?)-)?(?P<user>\w+)", re.ASCII)


@dataclass(frozen=True)
class Place:
    """`channel` and `thread` (the ts of its first message) are None in a direct message, which a user has one of."""

    team: str
    user: str
    channel: Optional[str] = None
    thread: Optional[str] = None

    @property
    def conversation(self) -> str:
        """Its id. Slack's ids are pseudonyms, so they stand in it as they are: staff can find the place again."""
        where = f"{self.channel}-{self.thread}-" if self.channel else ""
        return f"slack-{self.team}-{where}{self.user}"


def place_of(conversation: str) -> Place:
    """The place of a conversation. Raises ValueError for an id that is not of this channel."""
    found = _ID.fullmatch(conversation)
    if found is None:
        raise ValueError(f"conversation {conversation!r}: expected slack-TEAM-USER or slack-TEAM-CHANNEL-THREAD-USER")
    return Place(**found.groupdict())


def of_team(team: str) -> str:
    """How the ids of a workspace's conversations begin."""
    return f"slack-{team}-"
