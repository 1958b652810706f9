"""What the bot answers to each event of LINE's: words of the owner go through a turn, the rest has words of its own."""

from __future__ import annotations

import asyncio
import re
from typing import Optional, Tuple

from bot.channels.at_any_time import wish_to_be_forgotten
from bot.channels.line.buttons import PressedChoice, button_in
from bot.channels.line.events import (
    Event,
    FollowEvent,
    JoinEvent,
    LocationContent,
    MemberJoinedEvent,
    MessageEvent,
    PostbackEvent,
    StickerContent,
    TextContent,
    UnfollowEvent,
    UnsendEvent,
)
from bot.channels.line.texts import LineTexts, MenuItem
from bot.frame.turns import Said, Turns
from bot.messages import Choices, Message
from bot.store import Chat, Chats, Unsent

# From the prefecture to the city: a house number is nobody's business here, and would be read as words.
_AREA = re.compile(r"(?:北海道|東京都|(?:京都|大阪)府|[^\s\d〒、,]{2,3}県)[^\s\d０-９]*?[市区町村]")
Messages = Tuple[Message, ...]


class Answers:
    """The bot's side of the chats on LINE. Raises StoreError where the store fails."""

    def __init__(self, turns: Turns, texts: LineTexts, chats: Chats, unsent: Unsent) -> None:
        self._turns = turns
        self._texts = texts
        self._chats = chats
        self._unsent = unsent

    async def to(self, event: Event, account: str, conversation: str, again: bool) -> Messages:
        """What is said to an event of our `account`; nothing where nothing is to be sent.

        `again`: the event may have been met before (the process died since, or sending failed).
        """
        if isinstance(event, MessageEvent):
            return await self._to_message(event, conversation, again)
        if isinstance(event, PostbackEvent):
            return await self._to_press(event, conversation, again)
        if isinstance(event, FollowEvent):
            await asyncio.to_thread(self._chats.remember, conversation, Chat(account, event.source.address or ""))
            return self._with_privacy(await self._turns.greet(conversation))
        if isinstance(event, UnfollowEvent):
            await asyncio.to_thread(self._chats.forget, conversation)
        if isinstance(event, UnsendEvent):
            await asyncio.to_thread(self._unsent.add, conversation, event.unsend.message_id)
        return _words(self._texts.group) if isinstance(event, (JoinEvent, MemberJoinedEvent)) else ()

    async def _to_message(self, event: MessageEvent, conversation: str, again: bool) -> Messages:
        content = event.message
        if content.id in await asyncio.to_thread(self._unsent.of, conversation):
            return ()
        if isinstance(content, TextContent):
            return await self._hear(conversation, Said(content.id, content.words), again)
        if isinstance(content, StickerContent):
            return await self._to_sticker(content, conversation, again)
        if isinstance(content, LocationContent):
            area = area_in(content.address or "")
            if not area:
                return _words(self._texts.location_without_address)
            return await self._hear(conversation, Said(content.id, area), again)
        sent_instead = self._texts.sent_instead
        return _words(sent_instead.get(content.type, sent_instead["other"]))

    async def _to_sticker(self, sticker: StickerContent, conversation: str, again: bool) -> Messages:
        """Words written on it count, and keywords where they mean one thing."""
        stickers = self._texts.stickers
        shown = {keyword.lower() for keyword in sticker.keywords}
        meanings = [said for said, keywords in stickers.says.items() if shown & set(keywords)]
        said = (sticker.text or "").strip() or (meanings[0] if len(meanings) == 1 else "")
        if said:
            return await self._hear(conversation, Said(sticker.id, said), again)
        return _words(stickers.to_sadness if shown & set(stickers.sad) else stickers.otherwise)

    async def _to_press(self, event: PostbackEvent, conversation: str, again: bool) -> Messages:
        button = button_in(event.postback.data)
        if isinstance(button, PressedChoice):
            return await self._hear(conversation, Said(event.id, button.label, button.choice), again)
        item = self._texts.menu.item(button.menu) if button else None
        return await self._to_menu(item, event, conversation, again)

    async def _to_menu(self, item: Optional[MenuItem], event: Event, conversation: str, again: bool) -> Messages:
        """What a field of the menu stands for; a button that we do not know (any more) is greeted."""
        if item is not None and item.says:
            return await self._hear(conversation, Said(event.id, item.says), again)
        if item is not None and item.presses:
            return await self._hear(conversation, Said(event.id, item.label, item.presses), again)
        return await self._turns.greet(conversation)

    async def _hear(self, conversation: str, said: Said, again: bool) -> Messages:
        if not said.text:
            return await self._turns.greet(conversation)
        return await self._turns.take(conversation, said, again)

    def _with_privacy(self, greeting: Messages) -> Messages:
        """The notice stands before the question, so that the question is what an owner reads last.

        That the records can be deleted at any time is a button below the notice.
        """
        notice = Message(self._texts.privacy, Choices((wish_to_be_forgotten(),)))
        return (*greeting[:-1], notice, *greeting[-1:])


def area_in(address: str) -> str:
    """Prefecture and city of a Japanese address; another one without its digits."""
    area = _AREA.search(address)
    return area.group() if area else " ".join(re.sub(r"[\d０-９〒-]+", " ", address).split())


def _words(text: str) -> Messages:
    return (Message(text),)
