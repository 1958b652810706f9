"""What a route of the console is, and one request to it: who asks, what they sent, and the stores."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Awaitable, Callable, Mapping, Optional, Sequence, Tuple
from urllib.parse import quote

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.console.counting import Counting
from bot.console.engine import Engine
from bot.console.knowledge_work import KnowledgeWork
from bot.console.learner import Learner
from bot.console.passwords import Passwords
from bot.console.place import Place, Visitors
from bot.console.review_work import ReviewWork
from bot.console.written_talks import WrittenTalks
from bot.store import (
    Account,
    Accounts,
    Audit,
    By,
    Conversations,
    Database,
    Figures,
    RecoveryCodes,
    Role,
    Session,
    Sessions,
    StaffLines,
    Stage,
    Takeovers,
    TurnRecords,
)

_PART = re.compile(r"<(\w+)(?::\w+)?>")  # of the path of a route


class Needs(Enum):
    """Who may ask for a route: anybody, whoever has given their password, or whoever is in, as this or more."""

    NOTHING = None
    PASSWORD = "password"
    VIEWER = Role.VIEWER
    REVIEWER = Role.REVIEWER
    ADMINISTRATOR = Role.ADMINISTRATOR


@dataclass(frozen=True)
class Route:
    """One address of the console, its method, and who may ask for it.

    `reads` is the part of the path that names a conversation, where the answer shows words of its owner: that is noted
    before anything is shown. What a page asks for `by_itself` keeps no session on. `before_own_password`: it is there
    also for whoever still has the password that somebody else gave them. `key` puts it into the menu, under this key.
    """

    name: str
    path: str
    needs: Needs
    answer: "Callable[[Visit], Awaitable[HTTPResponse]]"
    method: str = "GET"
    reads: Optional[str] = None
    by_itself: bool = False
    before_own_password: bool = False
    key: Optional[str] = None

    @property
    def changes(self) -> bool:
        """Whether asking for it may change something."""
        return self.method not in ("GET", "HEAD")

    def lets_in(self, session: Optional[Session]) -> bool:
        """Whether whoever has this session may ask for it."""
        if self.needs is Needs.NOTHING:
            return True
        if session is None:
            return False
        if self.needs is Needs.PASSWORD:
            return session.stage is Stage.HALF
        return session.stage is Stage.IN and session.account.role.may_do_as(self.needs.value)


@dataclass(frozen=True)
class Console:
    """What all requests share; a search for words looks for `looks_for_s` seconds at once."""

    routes: Tuple[Route, ...]
    accounts: Accounts
    sessions: Sessions
    audit: Audit
    figures: Figures
    counting: Counting
    takeovers: Takeovers
    lines: StaffLines
    turns: TurnRecords
    conversations: Conversations
    passwords: Passwords
    place: Place
    visitors: Visitors
    clock: Callable[[], float]
    store: Database
    looks_for_s: float
    review: ReviewWork
    engine: Engine
    written: WrittenTalks
    knowledge: KnowledgeWork
    recovery: RecoveryCodes
    learner: Learner


@dataclass(frozen=True)
class Visit:
    """A request that was let in.

    `token` is that of the session, or of a browser that has none yet; `form` and `query` are what was sent, `path` what
    the address names. NUL, which no database holds, is left out of all.
    """

    console: Console
    route: Route
    request: Request
    token: str = field(repr=False)
    session: Optional[Session]
    form: Mapping[str, Sequence[str]] = field(repr=False)
    query: Mapping[str, Sequence[str]] = field(repr=False)
    path: Mapping[str, str]

    @property
    def account(self) -> Account:
        """Whose session it is; only where the route needs one."""
        assert self.session is not None, "the route lets nobody in without a session"
        return self.session.account

    @property
    def by(self) -> By:
        """Whoever asks, for the log."""
        return By(self.account.name, self.address)

    @property
    def address(self) -> str:
        """Where they ask from."""
        return self.console.visitors.address(self.request)

    @property
    def menu(self) -> Tuple[Route, ...]:
        """The pages that they may go to from any other."""
        return tuple(route for route in self.console.routes if route.key and route.lets_in(self.session))

    def way_to(self, name: str, **parts: object) -> Optional[str]:
        """The address of a page by the name of its route; None where there is none, or not for whoever asks."""
        for route in self.console.routes:
            if route.name == name and not route.changes and route.lets_in(self.session):
                path = _PART.sub(lambda part: quote(str(parts[part[1]]), safe=""), route.path)
                return f"{self.console.place.base}{path}"
        return None

    @property
    def is_part(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return "hx-request" in self.request.headers

    def sent(self, name: str) -> str:
        """The first value of a field of the form, empty where there is none."""
        return self.form.get(name, [""])[0].replace("\0", "")

    def all_sent(self, name: str) -> Sequence[str]:
        """Every value of a field of the form that is not empty."""
        return [value for value in self.form.get(name, ()) if value]

    def asked(self, name: str) -> str:
        """The first value of a name in the address, empty where there is none."""
        return self.query.get(name, [""])[0].replace("\0", "")


def form_token(token: str) -> str:
    """What a form has to hold: only who knows the cookie can make it, and the cookie cannot be made from it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()
