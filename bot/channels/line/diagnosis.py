"""Says what is right and what is wrong with the set-up of LINE, one line each, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import AsyncIterator, Optional

from bot.channels.line.client import LineClient, LineError, LineRefusedError, WebhookEndpoint, WebhookTest
from bot.operator.address import PUBLIC_URL, set_public_url
from bot.operator.line import SECRET, TOKEN

PATH = "/webhooks/line/webhook"
_UNAUTHORIZED = 401


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, whether it is right, what was found and, where it is wrong, what to do.

    `matters` is False for what is no fault but worth knowing.
    """

    what: str
    right: bool
    found: str
    matters: bool = True

    def __str__(self) -> str:
        verdict = "ok" if self.right else "problem" if self.matters else "note"
        return f"{verdict:8} {self.what}: {self.found}"


async def findings(client: LineClient) -> AsyncIterator[Finding]:
    """All that can be seen from here and through LINE's API; where the token is wrong, nothing more is asked."""
    try:
        account = await client.bot_info()
    except LineError as error:
        yield _token_finding(error)
        return
    yield Finding("access token", True, f"it belongs to {account.name} ({account.basic_id})")
    yield _chat_finding(account.chats_by_hand)
    try:
        endpoint = await client.webhook_endpoint()
        async for finding in _webhook_findings(client, endpoint):
            yield finding
        yield _menu_finding(await client.default_rich_menu())
        quota = await client.quota()
    except LineError as error:
        yield Finding("LINE", False, f"a question was not answered; try again later ({error})")
        return
    left = "no limit" if quota.limit is None else f"{quota.used} of {quota.limit} used this month"
    some_left = quota.limit is None or quota.used < quota.limit
    yield Finding("pushes", some_left, left if some_left else f"{left}; handoffs do not reach owners", matters=False)


def _token_finding(error: LineError) -> Finding:
    if isinstance(error, LineRefusedError) and error.status == _UNAUTHORIZED:
        return Finding("access token", False, f"LINE does not know it; issue a new one and set {TOKEN} (docs/line.md)")
    return Finding("access token", False, f"LINE could not be asked: {error}")


def _chat_finding(chats_by_hand: bool) -> Finding:
    if not chats_by_hand:
        return Finding("response mode", True, "the bot alone answers")
    advice = "switch chat off in LINE Official Account Manager, unless staff answers there"
    return Finding("response mode", False, f"chat by hand is on, so two may answer; {advice}", matters=False)


def _menu_finding(menu: Optional[str]) -> Finding:
    if menu is None:
        return Finding("menu", False, "none below the chat; python -m bot line setup-menu puts it there", matters=False)
    return Finding("menu", True, "there is one below the chat")


async def _webhook_findings(client: LineClient, endpoint: Optional[WebhookEndpoint]) -> AsyncIterator[Finding]:
    wanted = _wanted_address()
    if endpoint is None:
        yield Finding("webhook URL", False, f"none is set; set it to {wanted or f'https://…{PATH}'} (docs/line.md)")
        return
    yield _address_finding(endpoint.address, wanted)
    active = "LINE sends events" if endpoint.active else "LINE sends no events; switch on the use of the webhook"
    yield Finding("webhook", endpoint.active, active)
    yield _test_finding(await client.test_webhook())


def _wanted_address() -> Optional[str]:
    address = set_public_url()
    return f"{address}{PATH}" if address else None


def _address_finding(address: str, wanted: Optional[str]) -> Finding:
    if not address.startswith("https://"):
        return Finding("webhook URL", False, f"{address} does not begin with https://")
    if wanted is None:
        expected = address.endswith(PATH)
        advice = "" if expected else f"; it should end with {PATH}"
        return Finding("webhook URL", expected, f"{address}{advice} (set {PUBLIC_URL} to have it compared)")
    if address != wanted:
        return Finding("webhook URL", False, f"LINE has {address}, but {PUBLIC_URL} makes it {wanted}")
    return Finding("webhook URL", True, address)


def _test_finding(test: WebhookTest) -> Finding:
    what = "webhook test by LINE"
    if test.success:
        return Finding(what, True, "the bot answers")
    if test.status == _UNAUTHORIZED:
        return Finding(what, False, f"the bot refuses LINE's signature: {SECRET} is not this channel's secret")
    if test.status <= 0:
        return Finding(what, False, f"LINE cannot reach the bot ({test.reason}); see to its address and certificate")
    return Finding(what, False, f"the bot, or what stands before it, answers {test.status} ({test.reason})")
