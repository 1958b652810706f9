"""The pages of the consultation sheet behind a real server, and a browser to look at them with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any, AsyncIterator, Callable, Dict, List, Optional

import aiohttp
import pytest
from sanic import Sanic

from bot.consult.sheet import sheet_from
from bot.consult.state import Consultation, OwnWords
from bot.knowledge import Knowledge
from bot.sheets.links import link_to
from bot.sheets.pages import sheet_pages
from bot.sheets.shape import FACT, NOTE, QUESTION, SITUATION, TRIED, Line, Room, Sheet, today
from bot.store import sheets
from tests.conftest import free_port
from tests.consult.conftest import a_consultation, a_road


@pytest.fixture(scope="module")
async def desk_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The public address of a server with the pages alone, and an empty store."""
    patch = pytest.MonkeyPatch()
    address = f"http://127.0.0.1:{(port := free_port())}"
    patch.setenv("KAKARITSUKE_STORE", str(tmp_path_factory.mktemp("sheets") / "store.sqlite"))
    patch.setenv("KAKARITSUKE_PUBLIC_URL", address)
    app = Sanic(f"pages_{uuid.uuid4().hex}", configure_logging=False)
    app.blueprint(sheet_pages())
    server = await app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield address
    server.close()
    await server.wait_closed()
    patch.undo()


@pytest.fixture(scope="module")
async def client(desk_address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(raise_for_status=False) as session:
        yield session


@dataclass(frozen=True)
class Page:
    """What the server answered."""

    status: int
    text: str
    headers: Any
    url: str


class Owner:
    """Somebody with the address of a sheet, and a browser that sends forms."""

    def __init__(self, client: aiohttp.ClientSession, address: str, origin: Optional[str]) -> None:
        self._client = client
        self.address = address
        self.origin = origin

    async def get(self, page: str = "", follow: bool = True) -> Page:
        """Open the sheet, or one of its pages."""
        async with self._client.get(self._of(page), allow_redirects=follow) as answer:
            return Page(answer.status, await answer.text(), answer.headers, str(answer.url))

    async def post(self, page: str, form: Dict[str, Any], token: Optional[str] = None, follow: bool = True) -> Page:
        """Send a form with the token that the page gave, or another."""
        fields = aiohttp.FormData()
        shown = await self.get(page if page != "make" else "preview")
        token = token if token is not None else token_in(shown.text)
        fields.add_field("token", token)
        for name, values in form.items():
            for value in [values] if isinstance(values, str) else values:
                fields.add_field(name, value)
        headers = {"Origin": self.origin} if self.origin is not None else {}
        async with self._client.post(self._of(page), data=fields, headers=headers, allow_redirects=follow) as answer:
            return Page(answer.status, await answer.text(), answer.headers, str(answer.url))

    async def make(self) -> Page:
        return await self.post("make", {})

    def _of(self, page: str) -> str:
        return f"{self.address}/{page}" if page else self.address


def token_in(html: str) -> str:
    """The token of the form on a page, empty where it has none."""
    _, found, rest = html.partition('name="token" value="')
    return rest.partition('"')[0] if found else ""


def form_of(sheet: Sheet, **changes: Any) -> Dict[str, Any]:
    """What the edit page sends where nothing but `changes` was changed."""
    form: Dict[str, Any] = {
        name: getattr(sheet, name)
        for name in ("situation", "tried", "note", "prefecture", "municipality", "industry", "workers", "stage")
    }
    form["question"] = list(sheet.questions)
    for name, lines in (("also", sheet.also), ("bring", sheet.bring), ("stop", sheet.stops)):
        form[name] = [str(number) for number, line in enumerate(lines) if line.kept]
    return {**form, **changes}


@pytest.fixture(scope="session")
def sheet(knowledge: Knowledge) -> Sheet:
    """A sheet with everything that can be told."""
    story = "息子は東京で勤めていて、戻る気はないようです。わたしも七十二になりました。"
    consultation = a_consultation(
        issue="事業承継",
        sub_issue="successor",
        prefecture="福島県",
        municipality="会津若松市",
        industry="味噌屋",
        employee_count="6",
        stage="創業後",
        tried=("去年、税理士さんにも相談した。",),
        shown=(a_road("資金繰り", "lending", "福島県"), a_road("事業承継", "successor", "福島県")),
        words=(OwnWords(story, about=("事業承継",)),),
    )
    return sheet_from(knowledge, consultation, today())


@pytest.fixture
def owner_of(client: aiohttp.ClientSession, desk_address: str) -> Callable[[Sheet], Owner]:
    """The owner of a fresh draft."""

    def owner(sheet: Sheet) -> Owner:
        kept = sheets().draft(uuid.uuid4().hex, "road", sheet)
        return Owner(client, link_to(kept.id), desk_address)

    return owner


@pytest.fixture
def owner(owner_of: Callable[[Sheet], Owner], sheet: Sheet) -> Owner:
    return owner_of(sheet)


def roads(knowledge: Knowledge) -> List[Consultation]:
    """A consultation for every road: each sub-issue, and each issue without one."""
    return [
        a_consultation(issue=issue.name, sub_issue=sub_issue)
        for issue in knowledge.issues.values()
        for sub_issue in (*(sub.id for sub in issue.sub_issues), None)
    ]


def filled_up(sheet: Sheet) -> Sheet:
    """The same with as much in every field as it takes, in the widest letters and the most lines."""

    def full(room: Room) -> str:
        text, letter = "", "国"
        while room.holds(text + letter):
            text += letter
        return text

    def many_lines(room: Room) -> str:
        lines = "\n".join("国" for _ in range(room.lines - 1))
        while room.holds(f"{lines}国"):
            lines += "国"
        return lines

    return replace(
        sheet,
        also=tuple(Line("国" * 16) for _ in range(3)),
        situation=full(SITUATION),
        tried=many_lines(TRIED),
        note=full(NOTE),
        prefecture="神奈川県",
        municipality=full(FACT),
        industry=full(FACT),
        workers=full(FACT),
        stage=full(FACT),
        questions=tuple(full(QUESTION) for _ in range(4)),
    )
