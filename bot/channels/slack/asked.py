"""What an owner asks of the bot in Slack, as the inbox keeps it: no more of Slack's payload than the answer needs."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, Union

from pydantic import BaseModel, Field, parse_raw_as


class _Asked(BaseModel):
    class Config:
        """Data only."""

        allow_mutation = False


class Address(_Asked):
    """Where to answer. A direct message may be known by its user alone; `thread` is the ts of its first message."""

    user: str
    channel: Optional[str] = None
    thread: Optional[str] = None


class Shown(_Asked):
    """A message of the bot as Slack shows it, with the choices that were offered there."""

    channel: str
    ts: str
    text: str
    blocks: List[Dict[str, Any]]


class Wrote(_Asked):
    """The owner wrote something, to the bot or with the command; `with_file`: a file came with it."""

    kind: Literal["wrote"] = "wrote"
    conversation: str
    address: Address
    text: str
    with_file: bool = False
    by_command: bool = False


class Pressed(_Asked):
    """The owner pressed a choice: below a message of the bot (`shown`) or in the home tab of a workspace (`home`)."""

    kind: Literal["pressed"] = "pressed"
    conversation: str
    address: Address
    choice: str
    label: str
    shown: Optional[Shown] = None
    home: bool = False


class Came(_Asked):
    """The owner came to the bot without a word yet."""

    kind: Literal["came"] = "came"
    conversation: str
    address: Address


class OpenedHome(_Asked):
    """Somebody opened the home tab."""

    kind: Literal["opened_home"] = "opened_home"
    user: str


class PressedForAnother(_Asked):
    """Somebody pressed a choice in a thread that another person holds with the bot."""

    kind: Literal["pressed_for_another"] = "pressed_for_another"
    address: Address


class Invited(_Asked):
    """The bot was taken into a channel."""

    kind: Literal["invited"] = "invited"
    channel: str


class Uninstalled(_Asked):
    """A workspace took the bot out."""

    kind: Literal["uninstalled"] = "uninstalled"
    team: str


Asked = Union[Wrote, Pressed, Came, OpenedHome, PressedForAnother, Invited, Uninstalled]


class _Kept(_Asked):
    asked: Asked = Field(discriminator="kind")


def to_json(asked: Asked) -> str:
    """As the inbox keeps it, in ASCII: an owner's text may hold half a character, which no database takes."""
    return _Kept(asked=asked).json()


def from_json(body: str) -> Asked:
    """What the inbox kept. Raises ValueError for anything else."""
    return parse_raw_as(_Kept, body).asked
