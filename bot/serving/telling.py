"""Tells staff that somebody waits, within seconds and one after another; and owners that whoever had them is gone."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Awaitable, Callable, Dict, Optional, Tuple

import aiohttp

from bot.channels.complaints import ServiceError, complaint
from bot.channels.slack.api import ApiTimes, SlackApi
from bot.channels.slack.asked import Address
from bot.channels.slack.mrkdwn import escaped, linked
from bot.channels.slack.rendering import Post
from bot.channels.slack.settings import SlackSettings, slack_settings
from bot.console.handoffs import HANDOFFS
from bot.console.place import PREFIX
from bot.console.times import in_japan, moment
from bot.days import JAPAN
from bot.frame.known import knowledge
from bot.knowledge.staff_desk import Contact, StaffDesk
from bot.operator.address import public_url
from bot.operator.desk import desk
from bot.operator.mail import SENDER, SERVER, MailSettings
from bot.operator.set_up import SetUpError
from bot.operator.slack import BOT_TOKEN
from bot.staff_words import StaffWords, staff_words
from bot.store import Claim, Database, Reason, StoreError, Takeovers, Telling, Tellings, Told

_LOOK_S = 2.0
_AGAIN_S = 15.0
_MAIL_WITHIN_S = 10.0
_KEYS = uuid.UUID("0b6c6f0e-4df3-4be1-9f0c-5d0f1f2a7c11")
_LOGGER = logging.getLogger(__name__)
Tell = Callable[[Contact, "News"], Awaitable[None]]


@dataclass(frozen=True)
class News:
    """That somebody waits, in words for staff: no word of the owner's, and nothing that leads to them but the page."""

    subject: str
    body: str
    link: str
    key: str
    since: float


class MailError(ServiceError):
    """A mail was not sent; the message names the server and its reason, and no address."""


class TellSettingsError(SetUpError):
    """desk.yml says to tell staff in a way that is not set up; the message names what is missing."""


def check_ways(staff: StaffDesk) -> None:
    """Raises TellSettingsError where staff is to be told in a way for which a setting is missing, or is wrong."""
    if any(contact.mail for contact in staff.tell):
        settings = MailSettings.now()
        for name, value in ((SERVER, settings.smtp_server), (SENDER, settings.smtp_sender)):
            if value is None:
                raise TellSettingsError(f"{name} is not set, and desk.yml has staff told by mail (docs/operations.md)")
    if any(contact.slack for contact in staff.tell) and slack_settings() is None:
        raise TellSettingsError(f"{BOT_TOKEN} is not set, and desk.yml has staff told in Slack (docs/slack.md)")


def check_telling() -> None:
    """Raises SetUpError where nobody could be told as desk.yml says, or the words for it are wrong."""
    staff_words()
    window = knowledge().window
    if desk().staff and window is not None:
        check_ways(window.staff)


class Teller:
    """Looks every two seconds for who waits, and for whose person is gone, and tells of it through `tell`."""

    def __init__(
        self,
        store: Database,
        staff: StaffDesk,
        words: StaffWords,
        address: str,
        tell: Tell,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tellings = Tellings(store)
        self._takeovers = Takeovers(store, clock)
        self._staff = staff
        self._words = words
        self._link = f"{address}{PREFIX}{HANDOFFS}"
        self._tell = tell
        self._clock = clock

    async def keep_telling(self) -> None:
        """It never returns: cancel it."""
        while True:
            try:
                await asyncio.to_thread(self._takeovers.leave, self._left)
                await self.tell_what_is_due()
            except StoreError as error:
                _LOGGER.error("who waits is not known; looking again in %.0f s: %s", _LOOK_S, error)
            await asyncio.sleep(_LOOK_S)

    async def tell_what_is_due(self) -> None:
        """Tell all that is to be told by now, all of it at once."""
        if self._staff.tell:
            due = await asyncio.to_thread(self._tellings.due, self._after_s(), self._clock())
            await asyncio.gather(*map(self._tell_of, due))

    def _after_s(self) -> Tuple[float, ...]:
        """When each is told; while nobody is there, the first alone: the others would only be woken one by one."""
        contacts = self._staff.tell
        if not self._staff.is_open(datetime.fromtimestamp(self._clock(), JAPAN)):
            contacts = contacts[:1]
        return tuple(number * self._staff.next_after_s for number in range(len(contacts)))

    async def _tell_of(self, telling: Telling) -> None:
        contact = self._staff.tell[telling.step]
        try:
            await self._tell(contact, self._news(telling))
        except Exception as error:  # noqa: BLE001  (not swallowed: it is told again, and the log says so)
            _LOGGER.error("staff is not told that somebody waits; again in %.0f s: %s", _AGAIN_S, complaint(error))
            await asyncio.to_thread(self._tellings.let_go, telling, time.time() + _AGAIN_S)
        else:
            await asyncio.to_thread(self._tellings.told, telling)

    def _news(self, telling: Telling) -> News:
        words = self._words.tell
        why = words.distress if telling.reason is Reason.DISTRESS else words.asked
        key = uuid.uuid5(_KEYS, f"{telling.conversation}/{telling.reason.value}/{telling.since}/{telling.step}")
        body = words.body.format(why=why, since=moment(telling.since), link=self._link)
        return News(words.subject.format(why=why), body, self._link, str(key), telling.since)

    def _left(self, claim: Claim) -> Told:
        return Told(went=self._words.left.format(name=claim.shown_as))


class Ways:
    """The ways in which staff is told: a channel of Slack through the bot's app there, and mail."""

    def __init__(self, slack: Optional[SlackSettings], mail: MailSettings) -> None:
        self._slack = slack
        self._mail = mail

    async def __call__(self, contact: Contact, news: News) -> None:
        """Tell one. Raises ServiceError where that fails."""
        if contact.slack is not None and self._slack is not None:
            await self._post(self._slack, contact.slack, news)
        elif contact.mail is not None:
            await asyncio.to_thread(send_mail, self._mail, contact.mail, news)

    async def _post(self, settings: SlackSettings, channel: str, news: News) -> None:
        times = ApiTimes()
        text = escaped(news.body).replace(escaped(news.link), linked(news.link, news.link))
        section: Dict[str, object] = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=times.timeout_s)) as session:
            api = SlackApi(settings, session, times)
            address = Address(user="", channel=channel)
            await api.post_once(address, Post(text=escaped(news.subject), blocks=[section]), news.key, news.since)


def send_mail(settings: MailSettings, to: str, news: News) -> None:
    """Send one mail. Raises MailError."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.smtp_sender, to, news.subject
    mail["Date"] = format_datetime(in_japan(time.time()))
    mail["Message-ID"] = f"<{news.key}@{(settings.smtp_sender or '').rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(news.body)
    server, port, encryption = settings.smtp_server or "", settings.smtp_port, ssl.create_default_context()
    try:
        if settings.smtp_tls == "whole":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server, port, timeout=_MAIL_WITHIN_S, context=encryption)
        else:
            connection = smtplib.SMTP(server, port, timeout=_MAIL_WITHIN_S)
        with connection:
            if settings.smtp_tls == "start":
                connection.starttls(context=encryption)
            if settings.smtp_user is not None:
                connection.login(settings.smtp_user, settings.smtp_password)
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"{server}:{port}: {type(error).__name__}") from error


def teller(store: Database) -> Teller:
    """The teller of this desk, as the operator set it up. Raises SetUpError."""
    window = knowledge().window
    staff = window.staff if window is not None else StaffDesk()
    ways = Ways(slack_settings(), MailSettings.now())
    return Teller(store, staff, staff_words(), public_url(), ways)
