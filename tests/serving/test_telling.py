"""Staff is told within seconds that somebody waits, one after another, by mail or in Slack, with no word of owners."""

from __future__ import annotations

import asyncio
import time
from datetime import time as at
from pathlib import Path
from typing import AsyncIterator, Iterator, List, Tuple

import pytest

from bot.channels.slack.settings import SlackSettings
from bot.knowledge.staff_desk import Contact, OpenTime, StaffDesk
from bot.operator.mail import MailSettings
from bot.serving.telling import MailError, News, Teller, TellSettingsError, Ways, check_ways, send_mail
from bot.staff_words import staff_words
from bot.store import By, Database, Line, Reason, StaffLines, StoredHandoffs, Takeovers, Transcripts
from tests.fakes.mail import MailServer
from tests.fakes.slack import SECRET, TOKEN, FakeSlack

FIRST, SECOND = Contact(mail="hanako@example.jp"), Contact(slack="C0STAFF")
LINK = "https://soudan.example.jp/staff/handoffs"
WEB = "web-1"
HANAKO = By("花子", "")


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Desk:
    """A teller, its store, its clock, and who was told what."""

    def __init__(self, store: Database, staff: StaffDesk) -> None:
        self.store = store
        self.clock = Clock()
        self.told: List[Tuple[Contact, News]] = []
        self.fails = 0
        self.handoffs = StoredHandoffs(store)
        self.takeovers = Takeovers(store, self.clock)
        self.teller = Teller(store, staff, staff_words(), "https://soudan.example.jp", self._tell, self.clock)

    async def _tell(self, contact: Contact, news: News) -> None:
        if self.fails:
            self.fails -= 1
            raise MailError("no answer")
        self.told.append((contact, news))

    @property
    def contacts(self) -> List[Contact]:
        return [contact for contact, _ in self.told]

    async def after(self, seconds: float) -> List[Contact]:
        """Who has been told so many seconds later."""
        self.clock.ahead += seconds
        await self.teller.tell_what_is_due()
        return self.contacts


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return Database(str(tmp_path / "store.sqlite"))


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store, StaffDesk(tell=(FIRST, SECOND), next_after_s=300))


async def test_the_first_is_told_at_once_and_once(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    assert await desk.after(0) == [FIRST]
    assert await desk.after(10) == [FIRST]


async def test_the_next_is_told_where_nobody_has_come_in_time(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    await desk.after(0)
    assert await desk.after(200) == [FIRST]
    assert await desk.after(200) == [FIRST, SECOND]


async def test_once_somebody_has_come_nobody_more_is_told(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    await desk.after(0)
    desk.takeovers.claim(WEB, HANAKO, "花子")
    assert await desk.after(90) == [FIRST]


async def test_whoever_leaves_without_a_word_lets_it_be_told_anew(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    await desk.after(0)
    desk.takeovers.claim(WEB, HANAKO, "花子")
    desk.clock.ahead += 181
    going = asyncio.create_task(desk.teller.keep_telling())
    while len(desk.told) < 2:
        await asyncio.sleep(0.01)
    going.cancel()
    assert desk.contacts == [FIRST, FIRST]
    assert [line.kind for line in StaffLines(desk.store).of(WEB)] == [Line.CAME, Line.LEFT]
    assert "席を離れました" in Transcripts(desk.store).after(WEB, 0)[-1].message.words


async def test_distress_is_told_also_where_the_owner_had_asked_for_a_person(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    await desk.after(0)
    desk.handoffs.open(WEB, Reason.DISTRESS)
    await desk.after(1)
    assert "つらい気持ち" in desk.told[-1][1].subject


async def test_what_could_not_be_told_is_told_again(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    desk.fails = 1
    assert await desk.after(0) == []
    with desk.store.writing() as store:
        store.exec_driver_sql("UPDATE tellings SET taken_until = 0")  # some seconds later
    assert await desk.after(0) == [FIRST]


async def test_two_processes_tell_it_once(desk: Desk, store: Database) -> None:
    other = Desk(Database(str(store._file)), StaffDesk(tell=(FIRST,)))
    for number in range(5):
        desk.handoffs.open(f"web-{number}", Reason.ASKED)
    await asyncio.gather(desk.after(0), other.after(0))
    assert len(desk.told) + len(other.told) == 5


async def test_outside_the_hours_the_first_alone_is_told(store: Database) -> None:
    never = StaffDesk(hours=(OpenTime((), at(9), at(17)),), tell=(FIRST, SECOND), next_after_s=300)
    desk = Desk(store, never)
    desk.handoffs.open(WEB, Reason.ASKED)
    assert await desk.after(0) == [FIRST]
    assert await desk.after(3600) == [FIRST]


async def test_what_waited_before_anybody_could_be_told_is_left_alone(desk: Desk) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    assert await desk.after(90_000) == []


async def test_it_takes_less_than_ten_seconds(desk: Desk) -> None:
    going = asyncio.create_task(desk.teller.keep_telling())
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await asyncio.to_thread(desk.handoffs.open, WEB, Reason.ASKED)
    while not desk.told:
        await asyncio.sleep(0.01)
    going.cancel()
    assert time.monotonic() - began < 10


# The ways


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer() as server:
        settings = {"SERVER": "127.0.0.1", "PORT": server.port, "SENDER": "bot@example.jp", "TLS": "off"}
        for name, value in settings.items():
            monkeypatch.setenv(f"KAKARITSUKE_SMTP_{name}", str(value))
        yield server


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    workspace = FakeSlack()
    await workspace.start()
    yield workspace
    await workspace.stop()


KEY = "5f0c6b0e-0a1e-4c7e-9d55-6b1f3c9d2a84"
NEWS = News("担当者を待っている方がいます", f"人に話したい方がお待ちです。\n{LINK}", LINK, KEY, 0.0)


async def test_a_mail_says_that_somebody_waits_why_and_where_and_nothing_more(desk: Desk, server: MailServer) -> None:
    desk.handoffs.open(WEB, Reason.ASKED)
    desk.handoffs.wish_call_back(WEB, "024-000-0000")
    await desk.after(0)
    await Ways(None, MailSettings.now())(*desk.told[0])
    [mail] = server.received
    assert (mail["To"], mail["Auto-Submitted"]) == ("hanako@example.jp", "auto-generated")
    text = f"{mail['Subject']}\n{mail.get_content()}"
    assert all(told in text for told in ("人に話したい方", LINK))
    assert not any(word in text for word in (WEB, "024-000"))


async def test_a_mail_that_is_refused_is_said_without_an_address(server: MailServer) -> None:
    server.refuses = True
    with pytest.raises(MailError) as refused:
        await asyncio.to_thread(send_mail, MailSettings.now(), "hanako@example.jp", NEWS)
    assert "hanako" not in str(refused.value)


async def test_staff_is_told_in_a_channel_of_slack_once(slack: FakeSlack) -> None:
    slack.fail_next = ["failed but done"]
    ways = Ways(SlackSettings(SECRET, TOKEN, slack.api), MailSettings.now())
    news = News(NEWS.subject, NEWS.body, NEWS.link, NEWS.key, time.time())
    await ways(SECOND, news)
    [post] = slack.said("C0STAFF")
    assert LINK in post["blocks"][0]["text"]["text"]
    assert slack.violations == []


def test_a_way_that_is_not_set_up_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TellSettingsError, match="KAKARITSUKE_SMTP_SERVER is not set"):
        check_ways(StaffDesk(tell=(FIRST,)))
    with pytest.raises(TellSettingsError, match="KAKARITSUKE_SLACK_BOT_TOKEN is not set"):
        check_ways(StaffDesk(tell=(SECOND,)))
