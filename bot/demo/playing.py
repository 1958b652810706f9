"""One owner of the demonstration talks to the real bot: what it asks is answered, what it offers is pressed."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from random import Random
from typing import List, Optional, Sequence, Tuple

from rasa.core.agent import Agent

from bot.consult.state import Question
from bot.consult.state.kept import consultation_in
from bot.demo.owners import End, Owners, Script
from bot.frame.thinking import thinking
from bot.frame.turns import RasaTurns, Said
from bot.messages import COMES_IN, Choice, Choices, Message, Notice, Referral
from bot.sheets.links import PATH, sheet_id_in
from bot.store import Author, Heard, Transcripts

_MOST_QUESTIONS = 7  # the bot asks fewer
_END_OF_THE_WAY = (Question.ANYTHING_ELSE, Question.OTHER_ISSUE, Question.SHEET)
_OWN_WORDS = (Question.PREFECTURE, Question.ISSUE)
_THINKS_S = (20.0, 90.0)  # an owner, before a message
_WAITING_OWNER_THINKS_S = 45.0


@dataclass
class Time:
    """When a talk is; it goes on as it is told to."""

    now: float

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


@dataclass(frozen=True)
class Talk:
    """A talk to be had: its name and channel, when it begins (Unix seconds), and by whom."""

    conversation: str
    channel: str
    at: float
    script: Script
    end: End
    chance: Random


@dataclass(frozen=True)
class Held:
    """What came of a talk: when its last message was, whether a road was shown, and the sheet that was drafted."""

    talk: Talk
    last_at: float
    road_shown: bool
    sheet: Optional[str]


class Player:
    """Plays talks with an agent. Times are those of the talks; only what Rasa keeps for itself is of today."""

    def __init__(self, agent: Agent, owners: Owners) -> None:
        self._agent = agent
        self._owners = owners

    async def play(self, talk: Talk) -> Held:
        """One talk from its beginning to its end."""
        time = Time(talk.at)
        said = _Speaking(RasaTurns(self._agent, talk.channel, clock=time), talk, time)
        if talk.channel == "web":
            await said.press(Choice(COMES_IN, ""))
        await said.say(talk.chance.choice(talk.script.say))
        for _ in range(_MOST_QUESTIONS):
            question = await self._waits(talk.conversation)
            if question is None or question in _END_OF_THE_WAY:
                break
            if talk.end is End.LEAVES and talk.chance.random() < 0.6:
                if talk.chance.random() < 0.4:
                    await said.say(talk.chance.choice(self._owners.leaves))
                return said.held
            await self._answer(said, question)
        await self._end(said)
        return said.held

    async def wait_for_staff(
        self, conversation: str, words: Sequence[str], now: float, transcripts: Transcripts
    ) -> None:
        """A talk on the website that ends with somebody of staff being waited for, with what its page shows."""
        time = Time(now)
        turns = RasaTurns(self._agent, "web", clock=time)
        transcripts.append(conversation, Author.BOT, await turns.greet(conversation))
        for said in words:
            time.now += _WAITING_OWNER_THINKS_S
            heard = Heard(uuid.uuid4().hex, said)
            transcripts.hear(conversation, heard, "demo")
            messages = await turns.take(conversation, Said(heard.client_id, said))
            transcripts.answer(conversation, heard.client_id, messages, "demo")

    async def _answer(self, said: "_Speaking", question: Question) -> None:
        talk, chance = said.talk, said.talk.chance
        replies = talk.script.replies.get(question.value, ())
        if question is Question.PREFECTURE:
            replies = self._owners.places
        if replies:
            await said.say(chance.choice(replies))
        elif said.offered and question not in _OWN_WORDS:
            await said.press(chance.choice(said.offered))
        else:
            await said.say(chance.choice(talk.script.say))

    async def _end(self, said: "_Speaking") -> None:
        talk, chance = said.talk, said.talk.chance
        asks = chance.sample(talk.script.asks, k=min(len(talk.script.asks), chance.choice((0, 1, 1, 2))))
        for question in asks:
            await said.say(question)
        if talk.end is End.THANKS:
            await said.say(chance.choice(self._owners.thanks))
        elif talk.end is End.SHEET:
            await said.say(chance.choice(self._owners.sheet))
            if await self._waits(talk.conversation) is Question.SHEET:
                await said.press(said.offered[0])
        elif talk.end is End.PERSON:
            await said.say(chance.choice(self._owners.person))
            if await self._waits(talk.conversation) is Question.CALL_BACK:
                await said.say(chance.choice(self._owners.call_back))

    async def _waits(self, conversation: str) -> Optional[Question]:
        tracker = await thinking().do(self._agent.tracker_store.retrieve(conversation))
        return consultation_in(tracker.get_slot).question if tracker is not None else None


class _Speaking:
    """An owner's side of a talk: says and presses, and sees what is offered."""

    def __init__(self, turns: RasaTurns, talk: Talk, time: Time) -> None:
        self.talk = talk
        self.offered: Tuple[Choice, ...] = ()
        self._turns = turns
        self._time = time
        self._heard: List[Message] = []

    async def say(self, words: str) -> None:
        await self._take(words, None)

    async def press(self, choice: Choice) -> None:
        await self._take(choice.label, choice.id)

    @property
    def held(self) -> Held:
        """What came of it so far."""
        parts = [message.part for message in self._heard if message.part is not None]
        road = any(isinstance(part, Referral) for part in parts)
        addresses = [fact.link for part in parts if isinstance(part, Notice) for fact in part.lines if fact.link]
        sheets = [sheet_id_in(link.partition(f"{PATH}/")[2]) for link in addresses if f"{PATH}/" in link]
        return Held(self.talk, self._time.now, road, sheets[-1] if sheets else None)

    async def _take(self, words: str, pressed: Optional[str]) -> None:
        self._time.now += self.talk.chance.uniform(*_THINKS_S)
        message_id = hashlib.sha256(f"{self.talk.conversation} {self._time.now}".encode()).hexdigest()[:32]
        messages = await self._turns.take(self.talk.conversation, Said(message_id, words, pressed))
        self._heard += messages
        choices = [message.part for message in messages if isinstance(message.part, Choices)]
        self.offered = choices[-1].choices if choices else ()
