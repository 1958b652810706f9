"""The pages of conversations are the same on a SQLite file and on PostgreSQL, whatever is asked of them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.store import Reason, Role, StoredHandoffs
from tests.console.conftest import Desk, Member
from tests.console.talks import DAY_S, NOW, keep, keep_many
from tests.store.conftest import address, postgresql_address

__all__ = ["address", "postgresql_address"]


@pytest.fixture
def store_address(address: str) -> str:
    return address


async def test_conversations_are_found_read_and_taken_along(desk: Desk, member: Member) -> None:
    keep_many(desk.store, 30)
    keep(desk.store, "goes", at=NOW - 30 * DAY_S)
    StoredHandoffs(desk.store).open("web-a", Reason.ASKED)
    StoredHandoffs(desk.store).wish_call_back("web-a", "午後に")
    browser = await member("花子", Role.ADMINISTRATOR)
    found = await browser.post("/conversations/look-for", words="の7番目", standing="with_staff")
    assert re.findall(r"/conversations/([\w-]+)#newest", found.text) == ["web-a"]
    kept = await browser.post("/conversations/filters/save", words="の7番目", name="七")
    assert re.findall(r"/conversations/([\w-]+)#newest", kept.text) == ["web-a"]
    assert re.findall(r'id="head-(\d+)"', (await browser.get("/conversations/web-a?before=3")).text) == ["1", "2"]
    assert "午後に" in (await browser.post("/conversations/web-a/unmask")).words
    assert "1件を見る" in (await browser.get("/retention")).words
    file = await browser.post("/retention/export", day="2027-01-15", kind="csv")
    assert [row["conversation"] for row in csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))] == ["goes"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/conversations/%00", 404),
        ("/conversations/a%00b", 404),
        ("/conversations/%ff%ed%a0%80", 404),
        ("/conversations/x?before=999999999", 404),
        ("/conversations?issue=%00&channel=a%00&question=%00&search=%00", 200),
        ("/conversations?saved=%00", 200),
        ("/conversations?after=1~%00", 200),
        ("/conversations?after=nan~x", 200),
        ("/conversations?after=-inf~x", 200),
        ("/conversations?since=0001-01-01&until=9999-12-31", 200),
        ("/conversations?since=2000-01-01&until=2999-12-31", 200),
    ],
)
async def test_nothing_that_is_asked_makes_a_page_fail(desk: Desk, member: Member, path: str, status: int) -> None:
    keep(desk.store)
    assert (await (await member("花子")).get(path)).status == status


async def test_nothing_that_is_sent_makes_a_page_fail(desk: Desk, member: Member) -> None:
    browser = await member("花子", Role.REVIEWER)
    sent = {"words": "\0\ud7ff\ufeff", "issue": "\0x", "name": "\0名\0", "since": "\0"}
    for path in ("/conversations/look-for", "/conversations/filters/save", "/conversations/filters/remove"):
        assert (await browser.post(path, **sent)).status == 200, path
