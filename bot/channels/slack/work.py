"""Answers what the inbox hands over: one turn of the consultation, and each of its messages posted once."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import Awaitable, Callable, List, Optional, Sequence, Tuple

from pydantic import BaseModel

from bot.channels.at_any_time import wish_to_be_forgotten
from bot.channels.slack import asked as ask
from bot.channels.slack.api import ApiError, RefusedError, SlackApi, key_of
from bot.channels.slack.asked import Address
from bot.channels.slack.mrkdwn import escaped
from bot.channels.slack.place import of_team
from bot.channels.slack.rendering import Post, frozen, home, offers, posts, quote
from bot.channels.slack.words import SlackWords
from bot.frame.turns import Said, Turns
from bot.masking import masked
from bot.messages import Choices, Message
from bot.store import Delivery, Inbox, Question, Questions, TakenOverError, Turnstile

_LOGGER = logging.getLogger(__name__)


class Progress(BaseModel):
    """How far the answer to an event came: what is to be posted, and which of it is being posted now."""

    posts: List[Post]
    at: int = 0


class Answering:
    """The work of the channel, for `Deliveries`. Raises LostHoldError where another process has taken an event over.

    An answer is noted before its first post and again before each: a process that takes over neither asks the bot again
    nor posts what is there, for it looks for the one post that is in doubt.
    """

    def __init__(self, inbox: Inbox, questions: Questions, turns: Turns, api: SlackApi, words: SlackWords) -> None:
        self._inbox = inbox
        self._questions = questions
        self._turns = turns
        self._api = api
        self._words = words
        self._turnstile = Turnstile(inbox.database)
        self._home: Optional[Tuple[Message, ...]] = None

    async def __call__(self, delivery: Delivery) -> None:
        """Answer one event. Raises ApiError where Slack cannot be reached, and whatever a turn raises."""
        asked = ask.from_json(delivery.body)
        try:
            await self._answer(asked, delivery)
        except RefusedError as error:
            _LOGGER.error("event %s cannot be answered: %s; see docs/slack.md", delivery.event_id, error)
        except TakenOverError:
            _LOGGER.info("event %s: its answer is withheld, a person has come", delivery.event_id)
            await asyncio.to_thread(self._turnstile.withhold, delivery.conversation, delivery.event_id)

    async def _answer(self, asked: ask.Asked, delivery: Delivery) -> None:
        if isinstance(asked, ask.Wrote):
            await self._reply(delivery, asked.address, lambda: self._to_words(asked, delivery))
        elif isinstance(asked, ask.Pressed):
            if asked.shown is not None:
                await asyncio.to_thread(self._questions.close, asked.shown.channel, asked.shown.ts)
            await asyncio.gather(
                self._show_as_pressed(asked),
                self._reply(delivery, asked.address, lambda: self._to_choice(asked, delivery)),
            )
        elif isinstance(asked, ask.Came):
            await self._reply(delivery, asked.address, lambda: self._greeting(asked.conversation))
        elif isinstance(asked, ask.OpenedHome):
            await self._api.publish_home(asked.user, home(await self._home_messages(), self._words))
        elif isinstance(asked, ask.Invited):
            address = Address(user="", channel=asked.channel)
            await self._reply(delivery, address, self._welcome)
        elif isinstance(asked, ask.PressedForAnother):
            await self._tell_a_stranger(asked.address)
        else:
            await asyncio.to_thread(self._questions.forget_conversations, of_team(asked.team))
            forgotten = await asyncio.to_thread(self._inbox.forget_conversations, of_team(asked.team))
            _LOGGER.warning("the bot was taken out of a workspace; %d events of it are forgotten", forgotten)

    async def _reply(
        self, delivery: Delivery, address: Address, answer: Callable[[], Awaitable[Tuple[Post, ...]]]
    ) -> None:
        """Post the answer that an earlier attempt noted, or a new one; from the post that is not certain yet."""
        resumed = delivery.progress is not None
        progress = Progress.parse_raw(delivery.progress) if delivery.progress else Progress(posts=list(await answer()))
        for number in range(progress.at, len(progress.posts)):
            now = progress.copy(update={"at": number})
            await asyncio.to_thread(self._inbox.note, delivery, now.json())
            post = progress.posts[number]
            posted = await self._api.post_once(
                address,
                post,
                key_of(delivery.event_id, number),
                since=delivery.received_at,
                unsure=resumed and number == progress.at,
                may_post=lambda: asyncio.to_thread(self._inbox.renew_to_send, delivery),
            )
            still_there = posted is not None and await asyncio.to_thread(self._inbox.holds, delivery)
            if posted is not None and offers(post) and still_there:
                content = {"text": post.text, "blocks": posted.blocks}
                question = Question(delivery.event_id, posted.channel, posted.ts, content)
                await asyncio.to_thread(self._questions.ask, delivery.conversation, question)
        await self._close_earlier_questions(delivery, asks_anew=any(map(offers, progress.posts)))

    async def _close_earlier_questions(self, delivery: Delivery, asks_anew: bool) -> None:
        """Take the choices away from what was asked before, unless it still waits and was not asked anew."""
        asked = await asyncio.to_thread(self._questions.open, delivery.conversation)
        earlier = [question for question in asked if question.event_id != delivery.event_id]
        if not earlier or not (asks_anew or not await self._turns.asks(delivery.conversation)):
            return
        for question in earlier:
            post = Post.parse_obj(question.post)
            try:
                await self._api.update(
                    question.channel, question.ts, frozen(post.blocks, post.text, self._words.answered_otherwise)
                )
            except ApiError as error:
                _LOGGER.warning("an answered question keeps its choices: %s", error)
            await asyncio.to_thread(self._questions.close, question.channel, question.ts)

    async def _to_words(self, asked: ask.Wrote, delivery: Delivery) -> Tuple[Post, ...]:
        before = [quote(self._words.command_text.format(text=masked(asked.text)))] if asked.by_command else []
        messages = [Message(self._words.no_files)] if asked.with_file else []
        if asked.text:
            messages += await self._turn(asked.conversation, Said(delivery.event_id, asked.text), delivery)
        return (*before, *self._posts(messages, asked.conversation))

    async def _to_choice(self, asked: ask.Pressed, delivery: Delivery) -> Tuple[Post, ...]:
        said = Said(delivery.event_id, asked.label, asked.choice)
        before = [quote(self._words.chosen.format(label=asked.label))] if asked.home else []
        return (*before, *self._posts(await self._turn(asked.conversation, said, delivery), asked.conversation))

    async def _turn(self, conversation: str, said: Said, delivery: Delivery) -> Tuple[Message, ...]:
        return await self._turns.take(conversation, said, again=delivery.attempts > 1)

    async def _greeting(self, conversation: str) -> Tuple[Post, ...]:
        return self._posts(await self._turns.greet(conversation), conversation)

    async def _welcome(self) -> Tuple[Post, ...]:
        return self._posts((Message(self._words.welcome_to_channel),), "")

    def _posts(self, messages: Sequence[Message], conversation: str) -> Tuple[Post, ...]:
        return posts(messages, conversation, self._words)

    async def _show_as_pressed(self, asked: ask.Pressed) -> None:
        """Take the choices away where they were offered. An answer never waits for that, nor fails with it."""
        try:
            if asked.shown:
                shown = asked.shown
                post = frozen(shown.blocks, shown.text, self._words.chosen.format(label=asked.label))
                await self._api.update(shown.channel, shown.ts, post)
            elif asked.home:
                view = home(await self._home_messages(), self._words, pressed=True)
                await self._api.publish_home(asked.address.user, view)
        except ApiError as error:
            _LOGGER.warning("what was pressed stays as it was: %s", error)

    async def _home_messages(self) -> Tuple[Message, ...]:
        """The greeting of an owner who has said nothing, for a tab that everybody sees alike; asked for once.

        Below it stands what can be done about the records at any time.
        """
        if self._home is None:
            about_records = Message(self._words.home_records, Choices((wish_to_be_forgotten(),)))
            self._home = (*await self._turns.greet(f"slack-home-{uuid.uuid4().hex}"), about_records)
        return self._home

    async def _tell_a_stranger(self, address: Address) -> None:
        try:
            await self._api.whisper(address, escaped(self._words.not_yours))
        except ApiError as error:
            _LOGGER.warning("whoever pressed another's choice is not told: %s", error)
