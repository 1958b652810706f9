"""Setting LINE up: wrong settings are named, the check says what to do, the menu is put up once."""

from __future__ import annotations

import logging
import sys
from asyncio import create_subprocess_exec, subprocess
from pathlib import Path
from typing import AsyncIterator, Dict, List, Optional

import pytest

from bot.channels.line.client import ClientTimes, LineClient, LineRefusedError, LineUnclearError, LineUnreachableError
from bot.channels.line.diagnosis import findings
from bot.channels.line.rich_menu import PICTURE, definition, set_up
from bot.channels.line.settings import LineSettings, LineSettingsError, line_settings
from bot.channels.line.texts import FILE, LineTextsError, line_texts
from tests.channels.line.conftest import LineDesk, SaidTurns, served
from tests.conftest import ROOT
from tests.fakes.line import SECRET, TOKEN, FakeLine, Trouble, user

VARIABLES = ("SECRET", "TOKEN", "API", "DATA_API")
MENU = line_texts().menu


def set_environment(monkeypatch: pytest.MonkeyPatch, **values: Optional[str]) -> None:
    for name in VARIABLES:
        value = {"SECRET": SECRET, "TOKEN": TOKEN, **values}.get(name)
        if value is None:
            monkeypatch.delenv(f"KAKARITSUKE_LINE_{name}", raising=False)
        else:
            monkeypatch.setenv(f"KAKARITSUKE_LINE_{name}", value)


@pytest.fixture
async def client(line: FakeLine) -> AsyncIterator[LineClient]:
    client = LineClient(LineSettings(SECRET, TOKEN, line.url, line.url))
    yield client
    await client.close()


# Settings


def test_without_settings_line_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, SECRET=None, TOKEN="")
    assert line_settings() is None


def test_with_secret_and_token_line_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, SECRET=f" {SECRET}\n")
    settings = line_settings()
    assert settings == LineSettings(SECRET, TOKEN, "https://api.line.me", "https://api-data.line.me")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SECRET": None}, "KAKARITSUKE_LINE_SECRET is not set"),
        ({"TOKEN": None}, "KAKARITSUKE_LINE_TOKEN is not set"),
        ({"SECRET": "abc"}, "KAKARITSUKE_LINE_SECRET: expected 32"),
        ({"SECRET": SECRET.upper()}, "KAKARITSUKE_LINE_SECRET: expected 32"),
        ({"TOKEN": "two words that are long enough"}, "KAKARITSUKE_LINE_TOKEN: expected one long word"),
        ({"TOKEN": "a" * 30 + "\r\nX-Evil: 1"}, "KAKARITSUKE_LINE_TOKEN: expected one long word"),
        ({"API": "http://api.example.jp"}, "KAKARITSUKE_LINE_API: expected an https:// address"),
        ({"API": "https://["}, "KAKARITSUKE_LINE_API: expected an https:// address"),
        ({"DATA_API": "api.line.me"}, "KAKARITSUKE_LINE_DATA_API: expected an https:// address"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, values: Dict[str, Optional[str]], named: str
) -> None:
    set_environment(monkeypatch, **values)
    with pytest.raises(LineSettingsError) as error:
        line_settings()
    assert named in str(error.value)
    assert SECRET not in str(error.value)


def test_settings_do_not_show_their_secrets() -> None:
    assert SECRET not in repr(LineSettings(SECRET, TOKEN))
    assert TOKEN not in repr(LineSettings(SECRET, TOKEN))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("menu: [", "line.yml"),
        ("privacy: x", "apology: field required"),
        ("", "line.yml"),
        (FILE.read_text(encoding="utf-8").replace("talk.person", "talk.nobody"), "presses: expected an id of"),
        (FILE.read_text(encoding="utf-8").replace("greets: true", "greets: true, says: x"), "expected one of says"),
    ],
    ids=["not YAML", "incomplete", "empty", "an id that nobody has", "two things at once"],
)
def test_a_wrong_file_of_texts_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "line.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LineTextsError) as error:
        line_texts(file)
    assert named in str(error.value)


async def test_a_wrong_setting_stops_the_start_with_one_line(model: Path) -> None:
    environment = {"KAKARITSUKE_LINE_SECRET": "abc", "KAKARITSUKE_LINE_TOKEN": TOKEN}
    status, printed = await command("run", "--port", "0", environment=environment)
    assert status == 1
    assert printed[-1].startswith("error: the bot cannot start: KAKARITSUKE_LINE_SECRET: expected 32")
    assert not any("Traceback" in line for line in printed)


async def command(*arguments: str, environment: Dict[str, str]) -> "tuple[int, List[str]]":
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode().splitlines()


# Client


async def test_a_refusal_names_lines_words_the_place_and_the_request(client: LineClient, line: FakeLine) -> None:
    with pytest.raises(LineRefusedError) as error:
        await client.show_loading("C1", 5)
    assert error.value.status == 400
    assert "x-line-request-id" in str(error.value)
    assert "The request body has errors" in str(error.value)


async def test_no_connection_no_answer_and_a_failure_are_told_apart(line: FakeLine) -> None:
    nowhere = LineClient(LineSettings(SECRET, TOKEN, "http://127.0.0.1:9"))
    with pytest.raises(LineUnreachableError):
        await nowhere.bot_info()
    await nowhere.close()
    client = LineClient(LineSettings(SECRET, TOKEN, line.url), ClientTimes(timeout_s=0.2))
    for trouble in (Trouble.FAILS, Trouble.SLOW, Trouble.BREAKS_AFTER):
        line.trouble = lambda path, trouble=trouble: trouble  # type: ignore[misc]
        with pytest.raises(LineUnclearError):
            await client.bot_info()
    await client.close()


async def test_the_access_token_is_in_no_error_and_no_log(
    client: LineClient, line: FakeLine, caplog: pytest.LogCaptureFixture
) -> None:
    line.trouble = lambda path: Trouble.BREAKS_AFTER
    with caplog.at_level(logging.DEBUG), pytest.raises(LineUnclearError) as error:
        await client.push("U1", [{"type": "text", "text": "x"}], "123e4567-e89b-12d3-a456-426614174000")
    assert TOKEN not in f"{error.value!r}{caplog.text}{client!r}{error.value.__cause__!r}"


async def test_a_reply_has_no_retry_key_and_a_push_has(client: LineClient, line: FakeLine) -> None:
    token = line.event("follow", user("hanako"))["replyToken"]
    await client.reply(token, [{"type": "text", "text": "x"}])
    await client.push("U1", [{"type": "text", "text": "x"}], "123e4567-e89b-12d3-a456-426614174000")
    assert line.to(user("hanako")["userId"])[0].by == "reply"
    assert line.to("U1")[0].token == "123e4567-e89b-12d3-a456-426614174000"


# The menu


async def test_the_menu_is_put_up_with_its_picture(client: LineClient, line: FakeLine) -> None:
    told: List[str] = []
    await set_up(client, MENU, told.append)
    assert line.default_menu is not None
    assert line.pictures[line.default_menu] == PICTURE.read_bytes()
    assert told == ["menu: made, and shown to everybody"]
    assert line.refusals == []


async def test_putting_the_menu_up_again_changes_nothing(client: LineClient, line: FakeLine) -> None:
    await set_up(client, MENU, lambda step: None)
    before, told = line.default_menu, []  # type: ignore[var-annotated]
    await set_up(client, MENU, told.append)
    assert (line.default_menu, told) == (before, ["menu: up to date"])


async def test_an_older_menu_of_ours_goes_and_those_of_others_stay(client: LineClient, line: FakeLine) -> None:
    shown = definition(MENU, b"")
    await client.create_rich_menu({**shown, "name": "kakaritsuke-old"})
    others = await client.create_rich_menu({**shown, "name": "spring campaign"})
    await set_up(client, MENU, lambda step: None)
    assert set(line.rich_menus) == {others, line.default_menu}


def test_every_field_of_the_menu_is_in_its_picture() -> None:
    drawing = (FILE.parent / "line_menu.svg").read_text(encoding="utf-8")
    assert len(MENU.items) == 4
    assert all(f">{item.label}</text>" in drawing for item in MENU.items)


def test_the_fields_cover_the_whole_picture_once() -> None:
    shown = definition(MENU, b"")
    areas = [area["bounds"] for area in shown["areas"]]
    assert sum(area["width"] * area["height"] for area in areas) == 2500 * 1686
    assert len({(area["x"], area["y"]) for area in areas}) == 4


# The check


async def found(client: LineClient) -> Dict[str, str]:
    return {finding.what: str(finding) async for finding in findings(client)}


async def test_a_good_set_up_has_nothing_wrong_but_its_test_address(desk: LineDesk, client: LineClient) -> None:
    await set_up(client, MENU, lambda step: None)
    lines = await found(client)
    assert "http://127.0.0.1" in lines.pop("webhook URL")  # an https address cannot be had in a test
    assert all(line.startswith("ok ") for line in lines.values()), lines


async def test_an_unknown_access_token_is_the_only_thing_said(line: FakeLine) -> None:
    client = LineClient(LineSettings(SECRET, "another/channel/access+token", line.url))
    lines = await found(client)
    await client.close()
    assert list(lines) == ["access token"]
    assert "issue a new one" in lines["access token"]
    line.refusals.clear()


async def test_a_wrong_secret_is_found_by_lines_own_test(
    line: FakeLine, tmp_path: Path, turns: SaidTurns, client: LineClient
) -> None:
    async with served(line, tmp_path / "store", turns, secret="0" * 32):
        lines = await found(client)
    assert "KAKARITSUKE_LINE_SECRET is not this channel's secret" in lines["webhook test by LINE"]


async def test_a_webhook_without_an_address_is_named_with_the_address_to_set(
    client: LineClient, line: FakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", "https://soudan.example.jp/")
    line.webhook = ""
    assert "https://soudan.example.jp/webhooks/line/webhook" in (await found(client))["webhook URL"]


@pytest.mark.parametrize(
    ("address", "public", "says"),
    [
        ("https://soudan.example.jp/webhooks/line/webhook", "https://soudan.example.jp", "ok "),
        ("https://old.example.jp/webhooks/line/webhook", "https://soudan.example.jp", "makes it https://soudan"),
        ("https://soudan.example.jp/callback", "", "should end with"),
        ("http://soudan.example.jp/webhooks/line/webhook", "", "does not begin with https"),
    ],
)
async def test_a_webhook_elsewhere_is_named(
    client: LineClient, line: FakeLine, monkeypatch: pytest.MonkeyPatch, address: str, public: str, says: str
) -> None:
    monkeypatch.setenv("KAKARITSUKE_PUBLIC_URL", public)
    monkeypatch.setattr(line, "post", refuse_to_connect)
    line.webhook = address
    assert says in (await found(client))["webhook URL"]


async def refuse_to_connect(body: bytes, headers: Dict[str, str]) -> "tuple[int, bytes]":
    return 404, b""


async def test_what_is_switched_off_and_used_up_is_named(desk: LineDesk, client: LineClient) -> None:
    desk.line.endpoint_active, desk.line.chat_mode, desk.line.monthly_limit = False, "chat", 0
    lines = await found(client)
    assert "switch on the use of the webhook" in lines["webhook"]
    assert lines["response mode"].startswith("note ")
    assert "handoffs do not reach owners" in lines["pushes"]
    assert "setup-menu" in lines["menu"]


async def test_the_command_prints_each_finding_and_fails_where_one_matters(desk: LineDesk) -> None:
    environment = {"KAKARITSUKE_LINE_SECRET": SECRET, "KAKARITSUKE_LINE_TOKEN": TOKEN}
    environment["KAKARITSUKE_LINE_API"] = environment["KAKARITSUKE_LINE_DATA_API"] = desk.line.url
    status, printed = await command("line", "setup-menu", environment=environment)
    assert (status, printed) == (0, ["menu: made, and shown to everybody"])
    status, printed = await command("line", "check", environment=environment)
    assert status == 1
    assert [line.split()[0] for line in printed].count("problem") == 1
    assert len(printed) == 7
