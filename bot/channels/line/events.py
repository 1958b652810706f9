"""LINE's webhook events as types: those the bot does something about, each read strictly, and nothing of the others.

Source: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Callable, Dict, Literal, Mapping, Optional, Tuple, Type, Union

from pydantic import BaseModel, Field, NonNegativeInt, StrictBool, StrictInt, StrictStr, ValidationError, validator
from pydantic.validators import strict_int_validator

from bot.channels.line.text import without


class EventError(ValueError):
    """What came is not shaped as LINE documents it; the message says where, never what stood there."""


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


class _Read(BaseModel):
    """An object of LINE's: frozen, fields in its spelling, and what we do not use is left out."""

    class Config:
        alias_generator = _camel
        frozen = True


class Source(_Read):
    """Where an event comes from: a chat with one owner, a group, or a room without a name."""

    type: StrictStr
    user_id: Optional[StrictStr]
    group_id: Optional[StrictStr]
    room_id: Optional[StrictStr]

    @property
    def address(self) -> Optional[str]:
        """The id that messages to this chat are sent to."""
        return {"user": self.user_id, "group": self.group_id, "room": self.room_id}.get(self.type)

    @property
    def is_one_to_one(self) -> bool:
        """Whether one owner alone is on the other side."""
        return self.type == "user"


class Span(_Read):
    """A stretch of a text, counted in UTF-16 units."""

    index: NonNegativeInt
    length: NonNegativeInt

    @validator("index", "length", pre=True)
    def _is_a_number(cls, value: Any) -> Any:  # noqa: N805
        return strict_int_validator(value)


class Mentionee(Span):
    """Somebody a message mentions; `is_self` where that is the bot."""

    is_self: StrictBool = False


class Mention(_Read):
    """Whom a message mentions."""

    mentionees: Tuple[Mentionee, ...] = ()


class TextContent(_Read):
    """A message in words."""

    type: Literal["text"]
    id: StrictStr
    text: StrictStr
    emojis: Tuple[Span, ...] = ()
    mention: Mention = Mention()

    @property
    def mentions_us(self) -> bool:
        """Whether the bot itself is mentioned."""
        return any(mentionee.is_self for mentionee in self.mention.mentionees)

    @property
    def words(self) -> str:
        """The text without our own name, and without LINE's pictures, which stand in it as words like (smile)."""
        ours = [mentionee for mentionee in self.mention.mentionees if mentionee.is_self]
        return without(self.text, [(span.index, span.length) for span in (*ours, *self.emojis)]).strip()


class StickerContent(_Read):
    """A sticker. `text` is what the owner wrote on it; `keywords` say in English what it shows, in a random order."""

    type: Literal["sticker"]
    id: StrictStr
    text: Optional[StrictStr]
    keywords: Tuple[StrictStr, ...] = ()


class LocationContent(_Read):
    """A place. `address` is in the language of the owner's telephone."""

    type: Literal["location"]
    id: StrictStr
    address: Optional[StrictStr]


class ImageSet(_Read):
    """Pictures sent together come as one event each, with the same `id` here."""

    id: StrictStr


class OtherContent(_Read):
    """A picture, a film, a recording, a file, or what LINE may bring next."""

    type: StrictStr
    id: StrictStr
    image_set: Optional[ImageSet]


Content = Union[TextContent, StickerContent, LocationContent, OtherContent]
_CONTENTS: Mapping[Any, Type[Any]] = {"text": TextContent, "sticker": StickerContent, "location": LocationContent}


class Event(_Read):
    """What all events have. `id` is the same in every delivery of the event."""

    id: StrictStr = Field(alias="webhookEventId")
    timestamp: StrictInt
    mode: StrictStr
    source: Source
    reply_token: Optional[StrictStr]

    @property
    def is_for_us(self) -> bool:
        """Whether it is ours to act on; in standby, another program talks with the owner."""
        return self.mode == "active"

    @property
    def once(self) -> str:
        """What must not happen twice: the event, or the event of the first of several pictures."""
        return self.id

    @property
    def is_words(self) -> bool:
        """Whether the owner waits for an answer."""
        return False

    @property
    def names_message(self) -> str:
        """The id under which the bot knows what the owner said."""
        return self.id


class MessageEvent(Event):
    """An owner sent something."""

    message: Content

    @validator("message", pre=True)
    def _content(cls, message: Any) -> Any:  # noqa: N805
        kind = message.get("type") if isinstance(message, dict) else None
        return _CONTENTS.get(kind if isinstance(kind, str) else None, OtherContent).parse_obj(message)

    @property
    def is_for_us(self) -> bool:
        """In a group, only what mentions the bot; the rest is neither kept nor answered."""
        mentioned = isinstance(self.message, TextContent) and self.message.mentions_us
        return super().is_for_us and (self.source.is_one_to_one or mentioned)

    @property
    def once(self) -> str:
        """Pictures sent together are answered once. The name stands in the log, so it tells nobody's id."""
        together = self.message.image_set if isinstance(self.message, OtherContent) else None
        if together is None:
            return self.id
        pictures = f"{self.source.address}/{together.id}".encode("utf-8", "surrogatepass")
        return f"pictures-{hashlib.sha256(pictures).hexdigest()}"

    @property
    def is_words(self) -> bool:
        """Always."""
        return True

    @property
    def names_message(self) -> str:
        """As LINE names the message, which its owner may take back."""
        return self.message.id


class Pressed(_Read):
    """What stands behind a button of ours."""

    data: StrictStr


class PostbackEvent(Event):
    """An owner pressed a button of ours."""

    postback: Pressed

    @property
    def is_words(self) -> bool:
        """Always."""
        return True


class FollowEvent(Event):
    """An owner added the account as a friend, or let it write again."""


class UnfollowEvent(Event):
    """An owner blocked the account. It is heeded in standby too: nothing is sent."""

    @property
    def is_for_us(self) -> bool:
        """Always."""
        return True


class JoinEvent(Event):
    """The account was taken into a group."""


class LeaveEvent(UnfollowEvent):
    """The account was taken out of a group."""


class MemberJoinedEvent(Event):
    """Somebody new came into a group that the account is in."""


class TakenBack(_Read):
    """Which message was taken back."""

    message_id: StrictStr


class UnsendEvent(Event):
    """An owner took a message back. It is heeded in standby too: nothing is sent."""

    unsend: TakenBack

    @property
    def is_for_us(self) -> bool:
        """Always."""
        return True


# Of the rest, nothing follows: messageEdited (groups only, and the message was answered as it was first),
# memberLeft, accountLink, beacon, videoPlayComplete, membership, module and delivery events, and what is yet to come.
_EVENTS: Mapping[Any, Type[Event]] = {
    "message": MessageEvent,
    "postback": PostbackEvent,
    "follow": FollowEvent,
    "unfollow": UnfollowEvent,
    "join": JoinEvent,
    "leave": LeaveEvent,
    "memberJoined": MemberJoinedEvent,
    "unsend": UnsendEvent,
}


class Webhook(_Read):
    """One request of LINE's: our account's user id, and the events as they came (none: LINE tries the address)."""

    destination: StrictStr
    events: Tuple[Dict[str, Any], ...]


def read_webhook(body: bytes) -> Webhook:
    """The request a body stands for. Raises EventError."""
    try:
        return Webhook.parse_obj(json.loads(body))
    except ValidationError as error:
        raise _event_error(error) from None
    except (ValueError, TypeError, RecursionError):
        raise EventError("expected a JSON object with destination and events") from None


def read_event(data: Mapping[str, Any]) -> Optional[Event]:
    """The event; None where the bot does nothing about its kind, or it belongs to no chat. Raises EventError."""
    kind = data.get("type")
    shape = _EVENTS.get(kind if isinstance(kind, str) else None)
    if shape is None or data.get("source") is None:
        return None
    try:
        event = shape.parse_obj(data)
    except ValidationError as error:
        raise _event_error(error) from None
    return event if event.source.address else None


def with_words(event: Event, data: Mapping[str, Any], change: Callable[[str], str]) -> Mapping[str, Any]:
    """The JSON of an event with the owner's words changed; the same where there are none, or they stay as they are.

    Where they change, what LINE says of places in them (mentions, pictures) no longer holds and is left out.
    """
    if not isinstance(event, MessageEvent) or not isinstance(event.message, (TextContent, StickerContent)):
        return data
    words = event.message.words if isinstance(event.message, TextContent) else event.message.text or ""
    changed = change(words)
    if changed == words:
        return data
    message = {key: value for key, value in data["message"].items() if key not in ("emojis", "mention")}
    return {**data, "message": {**message, "text": changed}}


def _event_error(error: ValidationError) -> EventError:
    first = error.errors()[0]
    return EventError(f"{'.'.join(map(str, first['loc']))}: {first['type']}")
