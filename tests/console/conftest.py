"""The console behind a real server, members of staff with accounts, and browsers to look at it with."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import dataclass
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Optional

import aiohttp
import pyotp
import pytest
from argon2 import PasswordHasher
from sanic import Sanic, response
from sanic.request import Request
from yarl import URL

from bot.console.blueprint import staff_console
from bot.console.routes import ROUTES
from bot.console.visit import Needs, Route, Visit
from bot.store import Account, Accounts, Audit, By, Database, Role, Sessions, StoredHandoffs, Takeovers
from tests.conftest import free_port
from tests.store.patience import opened

OPERATOR = By("terminal:root", "")
PASSWORD = "ふるい みかん箱が 七つ"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # real ones take 50 ms each


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Visitors:
    """Everybody comes from one place, and as often as a test allows."""

    def __init__(self) -> None:
        self.wait = 0
        self.pushes: Optional[int] = None

    def address(self, request: Request) -> str:
        return "192.0.2.7"

    async def wait_s(self, request: Request) -> int:
        return self.wait

    async def pushes_left(self) -> Optional[int]:
        return self.pushes


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    text: str
    headers: Any
    path: str

    @property
    def words(self) -> str:
        """What somebody reads."""
        return html.unescape(re.sub(r"<[^>]*>", "", self.text))

    @property
    def without_tokens(self) -> str:
        """The page less what is drawn by chance, in which any digits may stand."""
        return re.sub(r"\b[0-9a-f]{64}\b", "", self.text)


@dataclass
class Desk:
    """A console at an address, its app, its stores, and its clock."""

    address: str
    app: Sanic
    store: Database
    clock: Clock
    visitors: Visitors

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.store, self.clock)

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.store, self.clock)

    @property
    def audit(self) -> Audit:
        return Audit(self.store, self.clock)

    @property
    def handoffs(self) -> StoredHandoffs:
        return StoredHandoffs(self.store)

    @property
    def takeovers(self) -> Takeovers:
        return Takeovers(self.store, self.clock)

    def add(self, name: str, role: Role = Role.VIEWER, temporary: bool = False) -> Account:
        """An account with the password that all have here."""
        return self.accounts.add(name, role, HASH, temporary, OPERATOR)


class Browser:
    """Somebody who opens pages and sends their forms, as a browser would."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.origin: Optional[str] = desk.address
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._token = ""

    async def close(self) -> None:
        await self._client.close()

    @property
    def token(self) -> str:
        """The token of the forms on the page seen last."""
        return self._token

    @property
    def cookie(self) -> str:
        """The token that the browser holds."""
        return next((cookie.value for cookie in self._client.cookie_jar), "")

    def hold(self, token: str) -> None:
        """Put a token into the browser."""
        self._client.cookie_jar.update_cookies({"staff": token}, self._url(""))

    async def get(self, path: str = "", follow: bool = True, **headers: str) -> Answer:
        """Open a page below /staff."""
        return await self._answer(self._client.get(self._url(path), allow_redirects=follow, headers=headers))

    async def post(self, path: str, token: Optional[str] = None, follow: bool = True, **form: str) -> Answer:
        """Send a form with the token that the page seen last gave, or another."""
        headers = {"Origin": self.origin} if self.origin is not None else {}
        data = {"token": self._token if token is None else token, **form}
        return await self._answer(
            self._client.post(self._url(path), data=data, headers=headers, allow_redirects=follow)
        )

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        """Anything else, from a page of ours unless told otherwise."""
        options.setdefault("headers", {} if method == "GET" else {"Origin": self.desk.address})
        return await self._answer(self._client.request(method, self._url(path), allow_redirects=False, **options))

    async def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        """Give name and password."""
        await self.get("/sign-in")
        return await self.post("/sign-in", name=name, password=password)

    async def give_code(self, secret: str, follow: bool = True) -> Answer:
        """Give the code that an app would show now."""
        code = pyotp.TOTP(secret).at(int(self.desk.clock.now))
        return await self.post("/second-factor", code=code, follow=follow)

    def _url(self, path: str) -> URL:
        return URL(f"{self.desk.address}/staff{path}")

    async def _answer(self, request: Any) -> Answer:
        async with request as answer:
            found = Answer(answer.status, await answer.text(), answer.headers, answer.url.path)
        self._token = token_in(found.text) or self._token
        return found


def token_in(page: str) -> str:
    """The token of the forms on a page, empty where it has none."""
    found = re.search(r'name="token" value="([^"]*)"', page)
    return found[1] if found else ""


def secret_in(page: str) -> str:
    """The secret of the second factor on the page that sets it up."""
    found = re.search(r"<figcaption><code>([A-Z2-7 ]+)</code>", page)
    assert found, page
    return found[1].replace(" ", "")


async def words_of(visit: Visit) -> Any:
    """A page of the tests that shows owners' words."""
    return response.text("資金繰りのことで")


READS = Route("words", "/test/<conversation:str>/words", Needs.REVIEWER, words_of, reads="conversation")


@pytest.fixture
async def desk(store_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A console with an empty store, and a page that shows owners' words."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    store, clock, visitors = opened(store_address), Clock(), Visitors()
    app = Sanic(f"console_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(staff_console(store, visitors, (*ROUTES, READS), clock))
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield Desk(address, app, store, clock, visitors)
    server.close()
    await server.wait_closed()


@pytest.fixture
def store_address(tmp_path: Any) -> str:
    return str(tmp_path / "store.sqlite")


@pytest.fixture
async def browsers(desk: Desk) -> AsyncIterator[Callable[[], Browser]]:
    """As many browsers as a test wants."""
    opened = []

    def another() -> Browser:
        opened.append(Browser(desk))
        return opened[-1]

    yield another
    for each in opened:
        await each.close()


@pytest.fixture
async def browser_of_nobody(browsers: Callable[[], Browser]) -> Browser:
    return browsers()


Member = Callable[..., Awaitable[Browser]]


@pytest.fixture
def member(desk: Desk, browsers: Callable[[], Browser]) -> Member:
    """Makes an account and signs in with it: `await member("花子", Role.REVIEWER)`."""
    secrets: Dict[str, str] = {}

    async def signed_in(name: str, role: Role = Role.VIEWER) -> Browser:
        if name not in {account.name for account in desk.accounts.all()}:
            desk.add(name, role)
        browser = browsers()
        page = await browser.sign_in(name)
        if role is Role.ADMINISTRATOR:
            secrets.setdefault(name, secret_in(page.text) if "figcaption" in page.text else "")
            page = await browser.give_code(secrets[name])
        assert page.path == "/staff", page.words
        await browser.get("/password")  # a page with a form, so that there is a token to send
        return browser

    return signed_in


@pytest.fixture
async def hanako(member: Member) -> Browser:
    """A reviewer, signed in."""
    return await member("花子", Role.REVIEWER)


@pytest.fixture
async def jiro(member: Member) -> Browser:
    """Another reviewer, who may approve what the first proposed."""
    return await member("次郎", Role.REVIEWER)
