"""`slack check` names each thing that is wrong and what to do; the manifest asks for what the bot needs."""

from __future__ import annotations

import re
from typing import Any, Dict, List

import yaml

from bot.channels.slack.check import SCOPES, Finding, check
from bot.channels.slack.payloads import _EVENTS
from bot.channels.slack.settings import EVENTS_PATH, SlackSettings
from tests.channels.slack.conftest import Served
from tests.conftest import ROOT
from tests.fakes.slack import SECRET, TOKEN


async def findings(desk: Served, secret: str = SECRET, token: str = TOKEN, address: str = "") -> List[Finding]:
    settings = SlackSettings(secret, token, desk.slack.api)
    return await check(settings, address or desk.slack.events_url.removesuffix(EVENTS_PATH))


def problems(found: List[Finding]) -> List[str]:
    return [finding.line() for finding in found if not finding.ok]


async def test_all_is_well_but_for_https_on_this_machine(desk: Served) -> None:
    found = await findings(desk)
    assert [line.partition(",")[0] for line in problems(found)] == ["problem: Slack sends to https addresses only"]
    assert len(found) == 5


async def test_a_refused_token_is_named(desk: Served) -> None:
    assert any("invalid_auth" in line and "OAuth" in line for line in problems(await findings(desk, token="xoxb-2")))


async def test_missing_scopes_are_named(desk: Served) -> None:
    desk.slack.scopes = tuple(scope for scope in desk.slack.scopes if scope != "im:history")
    assert any("lacks im:history" in line for line in problems(await findings(desk)))


async def test_another_secret_in_the_running_bot_is_noticed(desk: Served) -> None:
    assert any("401" in line and "SIGNING_SECRET" in line for line in problems(await findings(desk, secret="f" * 32)))


async def test_a_secret_of_another_length_is_named(desk: Served) -> None:
    assert any("instead of 32" in line for line in problems(await findings(desk, secret="f" * 20)))


async def test_a_bot_that_does_not_run_is_noticed(desk: Served) -> None:
    assert any("does not answer" in line for line in problems(await findings(desk, address="http://127.0.0.1:9")))


async def test_another_program_at_the_address_is_noticed(desk: Served) -> None:
    address = desk.slack.api.removesuffix("/api/")
    assert any("404" in line for line in problems(await findings(desk, address=address)))


async def test_no_secret_is_printed(desk: Served) -> None:
    for found in (await findings(desk), await findings(desk, secret="f" * 32, token="xoxb-wrong")):
        lines = "\n".join(finding.line() for finding in found)
        assert not any(secret in lines for secret in (SECRET, TOKEN, "f" * 32, "xoxb-wrong"))


def manifest() -> Dict[str, Any]:
    """The manifest in docs/slack.md."""
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(display_information:.*?)```", text, re.DOTALL)
    assert found is not None
    read: Dict[str, Any] = yaml.safe_load(found.group(1))
    return read


def test_the_manifest_asks_for_the_scopes_that_are_checked() -> None:
    assert manifest()["oauth_config"]["scopes"]["bot"] == list(SCOPES)


def test_the_manifest_subscribes_to_every_event_that_is_read() -> None:
    events = set(manifest()["settings"]["event_subscriptions"]["bot_events"])
    messages = {"message.channels", "message.groups", "message.im", "message.mpim"}
    assert events == (set(_EVENTS) - {"message"}) | messages


def test_the_manifest_sends_everything_to_the_one_address() -> None:
    app = manifest()
    addresses = {
        app["settings"]["event_subscriptions"]["request_url"],
        app["settings"]["interactivity"]["request_url"],
        app["features"]["slash_commands"][0]["url"],
    }
    assert [address.partition(".example.jp")[2] for address in addresses] == [EVENTS_PATH]


def test_the_manifest_opens_both_tabs_for_writing() -> None:
    home = manifest()["features"]["app_home"]
    assert home == {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}


def test_the_names_in_the_manifest_keep_slacks_limits() -> None:
    about = manifest()["display_information"]
    # https://docs.slack.dev/reference/app-manifest: name 35, description 140, long_description 174 to 4,000 characters.
    assert len(about["name"]) <= 35 and len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
