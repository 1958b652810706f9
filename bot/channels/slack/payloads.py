"""Reads what Slack sends: which payloads ask something of the bot, of which conversation, under which event id.

Payloads: https://docs.slack.dev/reference/events and https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

from pydantic import BaseModel, ConstrainedStr, StrictBool, StrictStr

from bot.channels.intake import Change, arrival
from bot.channels.slack.asked import (
    Address,
    Asked,
    Came,
    Invited,
    OpenedHome,
    Pressed,
    PressedForAnother,
    Shown,
    Uninstalled,
    Wrote,
    to_json,
)
from bot.channels.slack.mrkdwn import mentions, plain
from bot.channels.slack.place import Place, place_of
from bot.channels.slack.rendering import CHOICE, HOME
from bot.store import Arrival, Condition

LONGEST_TEXT = 4000  # what is longer, the bot answers with a request for fewer words
_WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
_SLACKBOT = "USLACKBOT"
_OURS = re.compile(rf"{CHOICE}-\d+")


class _Id(ConstrainedStr):
    """The id of a team, user or channel."""

    strict = True
    regex = r"^[0-9A-Za-z_]{1,64}\Z"


class _Name(ConstrainedStr):
    """What Slack calls an event or a press by."""

    strict = True
    regex = r"^[!-~]{1,200}\Z"


class _Ts(ConstrainedStr):
    """Slack's time of a message, which is its id in a channel."""

    strict = True
    regex = r"^[0-9]{1,20}(\.[0-9]{1,20})?\Z"


class Payload(BaseModel):
    """The outline of any request of Slack's: what bolt and we look into before we know what it is.

    A request that breaks it is not Slack's; bolt would fail on it.
    """

    type: Optional[StrictStr]
    event_id: Optional[_Name]
    event: Optional["_Outline"]
    team: Optional[Union[StrictStr, "_Outline"]]
    enterprise: Optional[Union[StrictStr, "_Outline"]]
    user: Optional[Union[StrictStr, "_Outline"]]
    channel: Optional[Union[StrictStr, "_Outline"]]
    authorizations: Optional[List["_Outline"]]
    actions: Optional[List["_Outline"]]
    view: Optional["_Outline"]
    message: Optional["_Outline"]
    previous_message: Optional["_Outline"]
    item: Optional["_Outline"]
    assistant_thread: Optional["_Outline"]
    function_data: Optional["_Outline"]
    team_id: Optional[StrictStr]
    enterprise_id: Optional[StrictStr]
    user_id: Optional[StrictStr]
    channel_id: Optional[StrictStr]
    thread_ts: Optional[StrictStr]
    callback_id: Optional[StrictStr]
    action_id: Optional[StrictStr]
    command: Optional[StrictStr]
    response_url: Optional[StrictStr]
    response_urls: Optional[List["_Outline"]]


class _Outline(Payload):
    """The same, one level down and below."""

    id: Optional[StrictStr]
    response_url: Optional[StrictStr]


Payload.update_forward_refs(_Outline=_Outline)
_Outline.update_forward_refs(_Outline=_Outline)


class _Message(BaseModel):
    """`message` and `app_mention` events."""

    type: StrictStr
    channel: _Id
    ts: _Ts
    user: Optional[_Id]
    text: Optional[StrictStr]
    thread_ts: Optional[_Ts]
    subtype: Optional[StrictStr]
    channel_type: Optional[StrictStr]
    bot_id: Optional[StrictStr]
    hidden: Optional[StrictBool]
    files: Optional[List[Any]]
    attachments: Optional[List[Any]]

    @property
    def is_from_a_person(self) -> bool:
        written = self.subtype in _WRITTEN and not self.hidden
        return written and not self.bot_id and self.user not in (None, _SLACKBOT)


class _HomeOpened(BaseModel):
    user: _Id
    channel: Optional[_Id]
    tab: Optional[StrictStr]


class _Joined(BaseModel):
    user: _Id
    channel: _Id


class _Tokens(BaseModel):
    bot: Optional[List[Any]]


class _Revoked(BaseModel):
    tokens: _Tokens


class _User(BaseModel):
    id: _Id
    team_id: Optional[_Id]


class _Of(BaseModel):
    id: _Id


class _Text(BaseModel):
    text: StrictStr


class _Option(BaseModel):
    value: StrictStr
    text: _Text


class _Action(BaseModel):
    action_id: StrictStr
    block_id: Optional[StrictStr]
    action_ts: Optional[_Ts]
    value: Optional[StrictStr]
    text: Optional[_Text]
    selected_option: Optional[_Option]


class _ShownMessage(BaseModel):
    ts: _Ts
    thread_ts: Optional[_Ts]
    text: Optional[StrictStr]
    blocks: Optional[List[Dict[str, Any]]]


class _View(BaseModel):
    type: StrictStr


class _Actions(BaseModel):
    """`block_actions`: what was pressed, by whom, where."""

    user: _User
    actions: List[_Action]
    trigger_id: Optional[_Name]
    channel: Optional[_Of]
    message: Optional[_ShownMessage]
    view: Optional[_View]


class _Command(BaseModel):
    """A slash command, from a form."""

    user_id: _Id
    command: StrictStr
    text: StrictStr = ""
    trigger_id: _Name
    api_app_id: Optional[StrictStr]


def concerns_us(body: Mapping[str, Any]) -> bool:
    """Whether a request is of a kind that anybody here listens to; the others need no more than to be acknowledged.

    Raises ValueError where its outline is not as Slack's are.
    """
    payload = Payload.parse_obj(body)
    if payload.type == "event_callback":
        if payload.event is None or payload.event.type is None:
            raise ValueError("event_callback: expected an event with a type")
        return payload.event.type in _EVENTS
    if payload.type == "block_actions" and not (payload.actions and all(a.action_id for a in payload.actions)):
        raise ValueError("block_actions: expected actions, each with an action_id")
    if payload.type in ("view_submission", "view_closed") and (payload.view is None or payload.view.type is None):
        raise ValueError(f"{payload.type}: expected a view with a type")
    return payload.type in _INTERACTIONS or (payload.type is None and payload.command is not None)


def from_event(body: Mapping[str, Any]) -> Optional[Arrival]:
    """What an event asks of the bot, if anything. Raises ValueError for a misshapen event of a kind that we read."""
    event = body["event"]
    return _EVENTS[event["type"]](body, event, team_of(body))


def from_actions(body: Mapping[str, Any]) -> Optional[Arrival]:
    """What pressing something of the bot's asks. Raises ValueError for a misshapen payload.

    The same choice of the same message counts once, however often it is pressed or delivered: people click twice.
    In the home tab, which stays, every press counts.
    """
    payload = _Actions.parse_obj(body)
    action = payload.actions[0]
    if not _OURS.fullmatch(action.action_id):
        return None
    chosen = action.selected_option or action
    if not chosen.value or not chosen.text:
        return None
    user, team = payload.user.id, team_of(body)
    if payload.message is None or payload.channel is None:
        conversation = Place(team, user).conversation
        at_home = payload.view is not None and payload.view.type == HOME
        asked: Asked = Pressed(
            conversation=conversation,
            address=Address(user=user),
            choice=chosen.value,
            label=chosen.text.text,
            home=at_home,
        )
        once = f"{payload.trigger_id}/{action.action_ts}"
        return _arrival(f"press/{team}/{once}", conversation, asked)
    shown = Shown(
        channel=payload.channel.id,
        ts=payload.message.ts,
        text=payload.message.text or "",
        blocks=payload.message.blocks or [],
    )
    place = _place_of_press(action, shown, payload.message.thread_ts, team, user)
    address = Address(user=user, channel=shown.channel, thread=payload.message.thread_ts)
    where = f"{team}/{shown.channel}/{shown.ts}"
    if place.user != user:
        event_id = f"stranger/{where}/{_digest(user)}"
        return _arrival(event_id, f"{place.conversation}-{user}", PressedForAnother(address=address))
    asked = Pressed(
        conversation=place.conversation, address=address, choice=chosen.value, label=chosen.text.text, shown=shown
    )
    return _arrival(f"press/{where}/{_digest(chosen.value)}", place.conversation, asked)


def from_command(body: Mapping[str, Any]) -> Arrival:
    """What /soudan asks: the words behind it, or to be greeted. Raises ValueError for a misshapen payload.

    The answer comes as a direct message, whatever channel it was typed in, so that nobody else reads it.
    """
    command, team = _Command.parse_obj(body), team_of(body)
    conversation = Place(team, command.user_id).conversation
    address = Address(user=command.user_id)
    text = plain(command.text)[:LONGEST_TEXT]
    asked: Asked
    if text:
        asked = Wrote(conversation=conversation, address=address, text=text, by_command=True)
    else:
        asked = Came(conversation=conversation, address=address)
    return _arrival(f"command/{team}/{command.trigger_id}", conversation, asked)


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace that the app is installed in, by its id; for an organisation-wide app, the organisation's.

    Events name it under `authorizations` (in a shared channel `team_id` may be the other side's), interactions under
    `team`, commands in `team_id`. Raises ValueError where there is none.
    """
    authorization = (body.get("authorizations") or [{}])[0]
    found = (
        authorization.get("team_id")
        or _id(body.get("team"))
        or body.get("team_id")
        or authorization.get("enterprise_id")
        or _id(body.get("enterprise"))
        or body.get("enterprise_id")
        or (body["user"].get("team_id") if isinstance(body.get("user"), dict) else None)
    )
    if not isinstance(found, str) or re.fullmatch(r"[0-9A-Za-z_]{1,64}", found) is None:
        raise ValueError("expected the id of a workspace")
    return found


def _mention(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    message = _Message.parse_obj(event)
    if not message.is_from_a_person or _is_direct(message):
        return None
    return _in_thread(body, message, team, Condition.ALWAYS)


def _message(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    """A direct message; or, within a conversation in a thread, one to the bot though it names nobody.

    A message that names the bot comes as app_mention as well: both bear one id, so it counts once. One that names other
    people is for them.
    """
    message = _Message.parse_obj(event)
    if not message.is_from_a_person:
        return None
    if _is_direct(message):
        return _direct(body, message, team)
    named = mentions(message.text or "")
    if named:
        return _in_thread(body, message, team, Condition.ALWAYS) if _bot(body) in named else None
    return _in_thread(body, message, team, Condition.KNOWN) if message.thread_ts else None


def _direct(body: Mapping[str, Any], message: _Message, team: str) -> Arrival:
    conversation = Place(team, str(message.user)).conversation
    address = Address(user=str(message.user), channel=message.channel, thread=message.thread_ts)
    return _arrival(_event_id(body), conversation, _wrote(conversation, address, message))


def _in_thread(body: Mapping[str, Any], message: _Message, team: str, condition: Condition) -> Arrival:
    """Each person has a conversation of their own in a thread; a message at the top of a channel begins a thread."""
    thread = message.thread_ts or message.ts
    place = Place(team, str(message.user), message.channel, thread)
    address = Address(user=str(message.user), channel=message.channel, thread=thread)
    asked: Asked = _wrote(place.conversation, address, message)
    if isinstance(asked, Wrote) and not asked.text and not asked.with_file:
        asked = Came(conversation=place.conversation, address=address)
    named = condition is Condition.ALWAYS
    event_id = f"mention/{team}/{message.channel}/{message.ts}" if named else _event_id(body)
    return _arrival(event_id, place.conversation, asked, condition)


def _wrote(conversation: str, address: Address, message: _Message) -> Wrote:
    """What is only a picture, a file or a card counts as a file."""
    text = plain(message.text or "")[:LONGEST_TEXT]
    something_else = bool(message.files or message.attachments) or message.subtype == "file_share"
    return Wrote(
        conversation=conversation,
        address=address,
        text=text,
        with_file=bool(message.files) or (something_else and not text) or (_is_direct(message) and not text),
    )


def _home_opened(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    """The home tab is drawn each time; the messages tab greets whoever comes for the first time."""
    opened = _HomeOpened.parse_obj(event)
    conversation = Place(team, opened.user).conversation
    if opened.tab == "messages":
        asked = Came(conversation=conversation, address=Address(user=opened.user, channel=opened.channel))
        return _arrival(f"came/{team}/{opened.user}", conversation, asked, Condition.NEW)
    return _arrival(_event_id(body), f"{conversation}-{HOME}", OpenedHome(user=opened.user))


def _joined(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    joined = _Joined.parse_obj(event)
    if joined.user != _bot(body):
        return None
    return _arrival(_event_id(body), f"slack-{team}-{joined.channel}-invited", Invited(channel=joined.channel))


def _uninstalled(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    return _arrival(_event_id(body), f"slack-{team}", Uninstalled(team=team))


def _revoked(body: Mapping[str, Any], event: Mapping[str, Any], team: str) -> Optional[Arrival]:
    return _uninstalled(body, event, team) if _Revoked.parse_obj(event).tokens.bot else None


def _arrival(event_id: str, conversation: str, asked: Asked, condition: Condition = Condition.ALWAYS) -> Arrival:
    def body(change: Change) -> str:
        return to_json(asked.copy(update={"text": change(asked.text)}) if isinstance(asked, Wrote) else asked)

    return arrival(event_id, conversation, body, condition)


def _place_of_press(action: _Action, shown: Shown, thread: Optional[str], team: str, user: str) -> Place:
    """The conversation that offered the choice stands in its block's id."""
    try:
        return place_of(action.block_id or "")
    except ValueError:
        direct = shown.channel.startswith("D")
        return Place(team, user) if direct else Place(team, user, shown.channel, thread or shown.ts)


def _is_direct(message: _Message) -> bool:
    return message.channel_type == "im" or (message.channel_type is None and message.channel.startswith("D"))


def _bot(body: Mapping[str, Any]) -> Optional[str]:
    """The user id of the bot in the workspace of an event."""
    authorizations = body.get("authorizations") or []
    return next((found.get("user_id") for found in authorizations if found.get("is_bot") is True), None)


def _event_id(body: Mapping[str, Any]) -> str:
    if not body.get("event_id"):
        raise ValueError("event_callback: expected an event_id")
    return str(body["event_id"])


def _id(of: Any) -> Optional[str]:
    return of if isinstance(of, str) else of.get("id") if isinstance(of, dict) else None


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


_EVENTS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], str], Optional[Arrival]]] = {
    "app_mention": _mention,
    "message": _message,
    "app_home_opened": _home_opened,
    "member_joined_channel": _joined,
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _revoked,
}
_INTERACTIONS = (
    "url_verification",
    "block_actions",
    "block_suggestion",
    "view_submission",
    "view_closed",
    "shortcut",
    "message_action",
)
