"""Claims, messages, answers, hand-backs and deaths in any order: nothing of the bot's follows a claim, and one wins."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Generator, List, Optional

import pytest

from bot.messages import Message, Person
from bot.store import (
    Arrival,
    Author,
    BotIsSpeakingError,
    By,
    ChangedHandsError,
    ClaimedError,
    Database,
    Delivery,
    Heard,
    Inbox,
    LostHoldError,
    NotYoursError,
    Reason,
    StoredHandoffs,
    TakenOverError,
    Takeovers,
    Told,
    Transcripts,
    Turnstile,
    With,
)
from tests.conftest import ROOT
from tests.store.patience import opened

CHANNELS = ("web", "line", "slack")
INTERLEAVINGS = 168  # of each channel on each store: 1,008
TOLD = Told("担当者が読みます。", "担当者との話は終わりました。")
STAFF = (By("花子", ""), By("太郎", ""))
SENDS = "sends"
_HAPPENS = ("writes", "claims", "gives back", "dies", "sleeps", "wakes", *["works"] * 12)
Steps = Generator[str, None, None]
PROCESS = ("-m", "tests.store.takeover_process")


class World:
    """One conversation on two engines, as two processes have them, and what reached its owner."""

    def __init__(self, engines: List[Database], channel: str, number: int) -> None:
        self.engines = engines
        self.channel = channel
        self.conversation = f"{channel}-{number}"
        self.said: List[str] = []
        self.after_a_claim: List[str] = []
        self.won: Counter[str] = Counter()
        self.messages = 0
        self.answered: "set[int]" = set()
        self.waiting: List[int] = []

    @property
    def holder(self) -> Optional[str]:
        claim = Takeovers(self.engines[0]).holder(self.conversation)
        return claim.who if claim is not None else None

    def bot_says(self, words: str) -> None:
        """The bot's words reach the owner at this moment."""
        self.said.append(words)
        if self.holder is not None:
            self.after_a_claim.append(words)

    def deaths_are_over(self) -> None:
        """The leases of whoever died have run out."""
        with self.engines[0].writing() as store:
            store.exec_driver_sql("UPDATE speaking SET until = 0")
            store.exec_driver_sql("UPDATE transcripts SET taken_until = NULL")
            store.exec_driver_sql("UPDATE inbox SET taken_until = NULL")

    def owner_writes(self) -> None:
        self.messages += 1
        self.waiting.append(self.messages)
        if self.channel != "web":
            event = Arrival(f"{self.conversation}/{self.messages}", self.conversation, "{}")
            Inbox(self.engines[0], self.channel).accept([event])

    def staff_claims(self, by: By, engine: Database) -> None:
        before = self.holder
        try:
            Takeovers(engine).claim(self.conversation, by, by.who, TOLD)
        except (ClaimedError, BotIsSpeakingError):
            return
        assert before in (None, by.who), "two have it"
        if before is None:
            self.won[by.who] += 1

    def staff_gives_back(self, by: By, engine: Database) -> None:
        try:
            Takeovers(engine).give_back(self.conversation, by, TOLD)
        except NotYoursError:
            assert self.holder != by.who

    def bot_answers(self, engine: Database, worker: str) -> Steps:
        """A worker on its way through one message; between two steps anything may happen, or it may die."""
        if self.channel == "web":
            return self._answers_on_the_website(engine, worker)
        return self._answers_through_a_service(engine, worker)

    def _answers_on_the_website(self, engine: Database, worker: str) -> Steps:
        number = self.waiting[0] if self.waiting else 0
        if not number:
            return
        transcripts, name = Transcripts(engine), f"message-{number}"
        hearing = transcripts.hear(self.conversation, Heard(name, f"{number}通目"), worker)
        if hearing.attempt is None:
            return
        yield ""
        words = yield from self._decided(engine, number)
        said = [Message(words)] if words else []
        exchange = transcripts.answer(self.conversation, name, said, worker)
        for reply in exchange.replies or ():
            if reply.message.words not in self.said:  # or another worker said it before
                self.bot_says(reply.message.words)
        self._done(number, bool(exchange.replies))

    def _answers_through_a_service(self, engine: Database, worker: str) -> Steps:
        inbox = Inbox(engine, self.channel)
        delivery = inbox.take(self.conversation, worker)
        if delivery is None:
            return
        yield ""
        words = yield from self._decided(engine, number := int(delivery.event_id.rpartition("/")[2]))
        if words:
            yield from self._sent(inbox, delivery, words)
        inbox.done(delivery)
        self._done(number, words in self.said)

    def _sent(self, inbox: Inbox, delivery: Delivery, words: str) -> Steps:
        try:
            inbox.note(delivery, "begun")
            yield SENDS
            self.bot_says(words)  # the call to the service, which nothing can take back
            yield ""
        except TakenOverError:
            Turnstile(self.engines[0]).withhold(self.conversation, delivery.event_id)

    def _decided(self, engine: Database, number: int) -> Generator[str, None, str]:
        """What the bot says to a message: an answer, or nothing where it is for staff. Kept before it is said."""
        turnstile = Turnstile(engine)
        while True:
            decided = turnstile.who_has(self.conversation)
            yield ""
            try:
                turnstile.begin_to_speak(self.conversation, decided, False)
            except ChangedHandsError:
                continue
            yield ""
            return f"お返事{number}" if decided is With.BOT else ""

    def _done(self, number: int, answered: bool) -> None:
        if number in self.waiting:
            self.waiting.remove(number)
        if answered:
            self.answered.add(number)


def lived_through(world: World, chance: random.Random) -> None:
    """Anything in any order, for a while: workers on two engines, two of staff, an owner, deaths and standstills.

    A process that stands still between its last look and the call itself is in nobody's power (docs/architecture.md,
    Holds), so none does here.
    """
    at_work: List[Steps] = []
    asleep: List[Steps] = []
    about_to_send: List[Steps] = []
    world.owner_writes()
    for step in range(chance.randint(8, 22)):
        engine = chance.choice(world.engines)
        happens = chance.choice(_HAPPENS)
        if happens == "writes":
            world.owner_writes()
        elif happens == "claims":
            world.staff_claims(chance.choice(STAFF), engine)
        elif happens == "gives back":
            world.staff_gives_back(chance.choice(STAFF), engine)
        elif happens in ("dies", "sleeps") and at_work:
            if happens == "sleeps" and at_work[0] in about_to_send:
                continue
            ended = at_work.pop()
            asleep += [ended] if happens == "sleeps" else []
            world.deaths_are_over()
        elif happens == "wakes" and asleep:
            _all_the_way(asleep.pop())
        elif at_work:
            about_to_send = []
            try:
                if next(at_work[0]) == SENDS:
                    about_to_send = [at_work[0]]
            except (StopIteration, LostHoldError):
                at_work = []
        else:  # of a conversation one worker at a time: the inbox and the transcript see to that
            at_work = [world.bot_answers(engine, f"worker-{step}")]
    for worker in (*at_work, *asleep):
        _all_the_way(worker)


def _all_the_way(worker: Steps) -> None:
    with suppress(LostHoldError):
        for _ in worker:
            pass


@pytest.mark.long
@pytest.mark.parametrize("channel", CHANNELS)
def test_whatever_happens_nothing_of_the_bot_follows_a_claim_and_one_wins(address: str, channel: str) -> None:
    engines = [opened(address), opened(address)]
    followed, unanswered, won, said = [], [], 0, 0
    for number in range(INTERLEAVINGS):
        chance = random.Random(f"{channel} {number}")
        world = World(engines, channel, number)
        StoredHandoffs(engines[0]).open(world.conversation, Reason.DISTRESS)
        lived_through(world, chance)
        followed += [(number, words) for words in world.after_a_claim]
        won, said = won + sum(world.won.values()), said + len(world.said)
        # In the end it is given back, and the first message after that is answered.
        world.deaths_are_over()
        for by in STAFF:
            world.staff_gives_back(by, engines[1])
        world.owner_writes()
        for attempt in range(len(world.waiting) + 1):
            for _ in world.bot_answers(engines[0], f"last-{attempt}"):
                pass
        if world.messages not in world.answered:
            unanswered.append(number)
    assert followed == []
    assert unanswered == []
    assert (won > INTERLEAVINGS / 4, said > INTERLEAVINGS / 4) == (True, True), f"hardly anything: {won}, {said}"


def a_process(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, *PROCESS, *arguments], cwd=ROOT, stdout=subprocess.PIPE)


def test_a_double_claim_has_one_winner_however_two_processes_meet(address: str) -> None:
    """Two processes claim the same hundred conversations, each as soon as it can."""
    store = opened(address)
    for number in range(100):
        StoredHandoffs(store).open(f"web-{number}", Reason.ASKED)
    begin = str(time.time() + 2.0)
    both = [a_process("claims", address, by.who, begin) for by in STAFF]
    won = [process.communicate(timeout=120)[0].decode().split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(won[0] + won[1]) == sorted(f"web-{number}" for number in range(100))
    assert [(claim := Takeovers(store).holder(name)) is not None and claim.who for name in won[0]] == ["花子"] * len(
        won[0]
    )


@pytest.mark.long
def test_a_bot_that_is_killed_at_any_moment_says_nothing_after_a_claim(address: str) -> None:
    """A process answers one message after another and is killed; what the transcript has is what its owner read."""
    store, chance = opened(address), random.Random(7)
    conversation = "web-killed"
    StoredHandoffs(store).open(conversation, Reason.DISTRESS)
    takeovers = Takeovers(store)
    for number in range(12):
        process = a_process("answers", address, conversation, f"round-{number}")
        assert process.stdout is not None
        process.stdout.readline()  # it is at work
        time.sleep(chance.uniform(0.0, 0.15))
        claimed = _claimed_in_the_end(takeovers, conversation, process if number % 2 else None)
        assert claimed == "花子"
        process.stdout.readline()
        process.kill()
        process.wait(10)
        takeovers.give_back(conversation, STAFF[0], TOLD)
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE transcripts SET taken_until = NULL")
    entries = Transcripts(store).after(conversation, 0)
    with_a_person, followed = False, []
    for entry in entries:
        if isinstance(entry.message.part, Person):
            with_a_person = entry.message.part.here
        elif with_a_person and entry.author is Author.BOT:
            followed.append(entry.message.words)
    assert followed == []
    assert Counter(entry.author for entry in entries)[Author.BOT] > 12, "it was killed before it said anything"


def _claimed_in_the_end(takeovers: Takeovers, conversation: str, to_kill: "Optional[subprocess.Popen[bytes]]") -> str:
    """Claims as soon as the bot is silent; a process that is killed while it speaks is waited for."""
    if to_kill is not None:
        to_kill.kill()
    until = time.monotonic() + 15
    while True:
        try:
            return takeovers.claim(conversation, STAFF[0], "花子", TOLD).who
        except BotIsSpeakingError:
            assert time.monotonic() < until, "the mark of a dead process never ends"
            time.sleep(0.005)
