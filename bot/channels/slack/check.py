"""`python -m bot slack check`: whether Slack and the bot are connected, one line for each thing that must hold."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import List, Mapping

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.channels.slack.settings import EVENTS_PATH, SlackSettings
from bot.operator.address import PUBLIC_URL
from bot.operator.slack import BOT_TOKEN, SIGNING_SECRET

# What each is for; the manifest in docs/slack.md asks for the same.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hears its name in channels",
    "channels:history": "reads on in threads of public channels",
    "channels:read": "notices that it was taken into a public channel",
    "chat:write": "answers",
    "commands": "has the command /soudan",
    "groups:history": "reads on in threads of private channels",
    "groups:read": "notices that it was taken into a private channel",
    "im:history": "reads direct messages",
    "im:write": "opens direct messages",
    "mpim:history": "reads on in threads of group messages",
}
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_TOKEN_ERRORS = {
    "invalid_auth": f"copy the Bot User OAuth Token from OAuth & Permissions into {BOT_TOKEN} again",
    "account_inactive": "the app was taken out of the workspace; install it again under Install App",
    "token_revoked": "the token was revoked; install the app again under Install App and copy the new token",
    "token_expired": "switch token rotation off under OAuth & Permissions and install the app again",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what holds, or what is wrong and what to do."""

    ok: bool
    text: str

    def line(self) -> str:
        """As it is printed."""
        return f"{'ok' if self.ok else 'problem'}: {self.text}"


async def check(settings: SlackSettings, public_url: str) -> List[Finding]:
    """Everything that must hold for owners to be answered. Nothing is posted; no secret is in what is found."""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        return [
            _secret(settings),
            *await _token(session, settings),
            _https(public_url),
            await _events(session, settings, public_url + EVENTS_PATH),
        ]


def _secret(settings: SlackSettings) -> Finding:
    if len(settings.signing_secret) == 32:
        return Finding(True, "the signing secret has the form of one")
    return Finding(
        False,
        f"{SIGNING_SECRET} has {len(settings.signing_secret)} characters instead of 32; copy the Signing Secret from"
        " Basic Information > App Credentials again",
    )


async def _token(session: aiohttp.ClientSession, settings: SlackSettings) -> List[Finding]:
    """Whether Slack takes the token, and what it may do."""
    try:
        async with session.post(
            f"{settings.api}auth.test", headers={"Authorization": f"Bearer {settings.token}"}
        ) as answer:
            found = await answer.json(content_type=None)
            granted = set(answer.headers.get("x-oauth-scopes", "").replace(" ", "").split(","))
    except (aiohttp.ClientError, asyncio.TimeoutError, json.JSONDecodeError) as error:
        return [
            Finding(
                False, f"Slack's API does not answer ({type(error).__name__}); is {settings.api} reachable from here?"
            )
        ]
    if not isinstance(found, dict) or not found.get("ok"):
        reason = str(found.get("error")) if isinstance(found, dict) else "nothing"
        return [Finding(False, f"Slack refuses the token ({reason}); {_TOKEN_ERRORS.get(reason, 'see docs/slack.md')}")]
    missing = [scope for scope in SCOPES if scope not in granted]
    scopes = (
        Finding(True, f"the token has the {len(SCOPES)} scopes that the bot needs")
        if not missing
        else Finding(
            False,
            f"the token lacks {', '.join(missing)}; paste the manifest of docs/slack.md under App Manifest and install"
            " the app again",
        )
    )
    return [Finding(True, f"Slack takes the token: {found.get('user')} in {found.get('team')}"), scopes]


def _https(public_url: str) -> Finding:
    if public_url.startswith("https://"):
        return Finding(True, f"owners and Slack reach the bot by https: {public_url}")
    return Finding(
        False, f"Slack sends to https addresses only, and {PUBLIC_URL} is {public_url}; set it to the address outside"
    )


async def _events(session: aiohttp.ClientSession, settings: SlackSettings, address: str) -> Finding:
    """Sends what Slack sends when the address is saved there: a signed challenge, which the bot must give back."""
    challenge = uuid.uuid4().hex
    body = json.dumps({"type": "url_verification", "challenge": challenge, "token": ""})
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(settings.signing_secret).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature or "",
    }
    began = time.monotonic()
    try:
        async with session.post(address, data=body, headers=headers) as answer:
            status, text = answer.status, await answer.text(errors="replace")
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        return Finding(False, f"{address} does not answer ({type(error).__name__}); do the bot and its proxy run?")
    took_s = time.monotonic() - began
    if status == 200 and challenge in text:
        if took_s < 3:
            return Finding(True, f"the bot answers Slack's challenge at {address} in {took_s:.1f} s")
        return Finding(False, f"the bot answers at {address} after {took_s:.1f} s; Slack waits for 3 s")
    return Finding(False, f"{address} answers {status} to Slack's challenge; {_what_to_do(status)}")


def _what_to_do(status: int) -> str:
    if status == 401:
        return f"the bot runs with another {SIGNING_SECRET}, its clock is wrong, or a proxy changes the body"
    if status == 404:
        return f"the bot runs without {SIGNING_SECRET} and {BOT_TOKEN}, or another program answers there"
    return "another program answers there, or the proxy before the bot; see docs/slack.md"
