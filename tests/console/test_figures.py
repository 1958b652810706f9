"""The figures page, its file and the page to publish say what was counted, and no more than they may."""

from __future__ import annotations

import csv
import io
import re
from typing import Any, List

import pytest

from bot.console.pages import words_of
from bot.consult.moves import About
from bot.consult.state.questions import Question
from bot.store import Action, AskedQuestion, Ratings, Role, Wanted
from tests.console.conftest import Browser, Desk, Member
from tests.store.conftest import address, postgresql_address
from tests.store.recorded import DAY_S, took_place

__all__ = ["address", "postgresql_address"]
ATTACK = "=HYPERLINK(1)<script>alert(1)</script>"
LAST_MONTH = 20 * DAY_S  # the desk's clock stands on 15 January 2027


@pytest.fixture
def store_address(address: str) -> str:
    """Both kinds of store."""
    return address


@pytest.fixture(autouse=True)
def all_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "365")


def consultations(desk: Desk, count: int, ago: float = 0.0, called: str = "c", **more: Any) -> None:
    for number in range(count):
        took_place(desk.store, f"{called}{number}", at=desk.clock.now - ago - number, **more)


def lines(page: str) -> List[str]:
    """The words of every line of the tables of a page."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]


def tile(page: str, name: str) -> str:
    [found] = re.findall(rf"<dt>{name}</dt>(.*?)</div>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


@pytest.fixture
async def reviewer(desk: Desk, member: Member) -> Browser:
    return await member("花子", Role.REVIEWER)


def test_every_topic_question_and_channel_has_a_name_in_japanese() -> None:
    words = words_of("_figures_words")
    assert set(words.topics) == {about.value for about in About}
    assert set(words.questions) == {question.value for question in Question}
    assert set(words.channels) == {"web", "line", "slack", "rest"}


async def test_what_happened_is_counted_beside_the_period_before(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 3, issue="資金繰り", sub_issue="lending", prefecture="福島県", road_shown=True)
    consultations(desk, 2, called="d", channel="line", issue="創業", stands_open=True, question="prefecture")
    consultations(desk, 4, 31 * DAY_S, "before", issue="資金繰り")
    for name, useful in (("c0", True), ("c1", True), ("d0", False)):
        Ratings(desk.store).rate(name, useful, desk.clock.now)
    page = (await reviewer.get("/figures")).text
    assert tile(page, "相談") == "5 件 前の期間は4（1増）"
    assert tile(page, "窓口を案内した相談") == "3 件（60％） 前の期間は0（3増）"
    assert tile(page, "「役に立った」") == "2 件 評価3件のうち。 前の期間は0（2増）"
    found = lines(page)
    for line in (
        "資金繰り 3 前 4",
        "創業 2 前 0",
        "資金繰り：融資と保証 3",
        "創業：中身が決まる前 2",
        "福島県 3",
        "言わなかった方 2",
        "ウェブサイト 3",
        "LINE 2",
        "役に立たなかった 1",
        "1月15日 5件",
        "1月1日 0件",
    ):
        assert line in found, line


async def test_where_consultations_were_left_is_told_a_day_later(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 2, 2 * DAY_S, stands_open=True, question="prefecture")
    assert "場所をたずねたところ 2" in lines((await reviewer.get("/figures")).text)


async def test_what_to_write_next_is_counted_by_topic_and_matter(desk: Desk, member: Member) -> None:
    unanswered, answered = AskedQuestion("duration", False), AskedQuestion("cost", True)
    consultations(desk, 3, issue="創業", sub_issue="before", asked=(unanswered, answered))
    consultations(desk, 1, called="d", words="いくらかかりますか", asked=(AskedQuestion("cost", False),))
    browser = await member("次郎")
    page = await browser.get("/figures")
    assert tile(page.text, "答えのなかった質問") == "4 件 たずねられた7件のうち"
    assert [line for line in lines(page.text) if "2027-01-15" in line] == [
        "かかる時間 創業：始める前の準備と計画 3件 2027-01-15",
        "費用 決まる前 1件 2027-01-15",
    ]
    assert "言葉を読む" not in page.words and "いくら" not in page.text


async def test_owners_words_are_read_by_reviewers_and_that_is_noted_for_each_conversation(
    desk: Desk, reviewer: Browser, member: Member
) -> None:
    consultations(desk, 2, words="電話は090-0000-0096です。何日かかりますか", asked=(AskedQuestion("duration", False),))
    consultations(desk, 1, called="other", words="別のこと", asked=(AskedQuestion("cost", False),))
    [link] = re.findall(
        r'href="/staff(/figures/unanswered\?[^"]*about=duration[^"]*)"', (await reviewer.get("/figures")).text
    )
    page = await reviewer.get(link.replace("&amp;", "&"))
    assert page.words.count("何日かかりますか") == 2
    assert "090" not in page.without_tokens and "別のこと" not in page.text
    assert {entry.about for entry in desk.audit.entries(Wanted(action=Action.READ), 10)} == {"c0", "c1"}
    assert (await (await member("次郎")).get("/figures/unanswered?about=duration")).status == 403


async def test_owners_words_are_not_shown_where_that_cannot_be_noted(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 1, words="何日かかりますか", asked=(AskedQuestion("duration", False),))
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE staff_audit")
    page = await reviewer.get("/figures/unanswered?about=duration")
    assert (page.status, "何日" in page.text) == (503, False)


async def test_a_period_of_ones_own_has_its_last_day_in_it(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 1, 5 * DAY_S)
    consultations(desk, 2, 4 * DAY_S, "d")
    page = await reviewer.get("/figures?period=own&since=2027-01-10&until=2027-01-11")
    assert tile(page.text, "相談").startswith("3 件")
    assert tile((await reviewer.get("/figures?period=own&since=2027-01-11&until=2027-01-11")).text, "相談").startswith(
        "2 件"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=2027-01-11&until=2027-01-10", "「まで」の日が"),
        ("since=&until=2027-01-10", "二つとも"),
        ("since=2027-02-30&until=2027-03-01", "二つとも"),
        ("since=2028-01-01&until=2028-01-02", "その期間の数はありません"),
        ("since=0001-01-01&until=2027-01-02", "その期間の数はありません"),
    ],
)
async def test_days_that_make_no_sense_are_said_and_this_month_is_shown(
    reviewer: Browser, asked: str, said: str
) -> None:
    page = await reviewer.get(f"/figures?period=own&{asked}")
    assert (page.status, said in page.words, "2027年1月1日から" in page.words) == (422, True, True)


async def test_what_is_not_kept_any_more_is_said_and_not_compared(
    desk: Desk, reviewer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_KEEP_DAYS", "30")
    page = await reviewer.get("/figures?period=last_month")
    assert "2026年12月17日より前の会話は、もう消えている" in page.words
    assert tile(page.text, "相談") == "0 件 前の期間は、わかりません"


async def test_the_file_has_the_same_numbers_and_who_took_it_is_noted(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 3, issue="資金繰り", sub_issue="lending", asked=(AskedQuestion("cost", False),))
    answer = await reviewer.send("GET", "/figures/csv?period=this_month")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="toukei_2027-01-01_2027-01-15.csv"'
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"), newline="")))
    assert rows[0] == ["期間の始め", "期間の終わり", "区分", "項目", "件数"]
    for wanted in (
        ["全体", "相談", "3"],
        ["お困りごとの中身", "資金繰り：融資と保証", "3"],
        ["都道府県", "わからないもの", "3"],
        ["答えのなかった質問", "費用", "3"],
    ):
        assert ["2027-01-01", "2027-01-15", *wanted] in rows
    [entry] = desk.audit.entries(Wanted(action=Action.FIGURES_DOWNLOADED), 10)
    assert (entry.by.who, entry.detail) == ("花子", "2027-01-01_2027-01-15")


async def test_the_file_has_nothing_of_an_owner_and_no_formula(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 1, called="web-secret", words="ひみつの言葉", channel=ATTACK, issue=ATTACK, question=ATTACK)
    text = (await reviewer.send("GET", "/figures/csv")).text
    assert "web-secret" not in text and "ひみつ" not in text
    assert f'"\'{ATTACK}"' in text
    assert f'"{ATTACK}' not in text


async def test_the_file_is_not_for_whoever_only_reads(member: Member) -> None:
    assert (await (await member("次郎")).get("/figures/csv")).status == 403


async def test_what_was_stored_is_shown_as_text(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 6, LAST_MONTH, channel=ATTACK, issue=ATTACK, asked=(AskedQuestion("cost", False),))
    for path in ("/figures?period=last_month", "/figures/public"):
        assert "<script>alert" not in (await reviewer.get(path)).text


async def test_the_page_to_publish_has_no_small_number_and_none_to_be_found_by_subtraction(
    desk: Desk, reviewer: Browser
) -> None:
    consultations(desk, 20, LAST_MONTH, prefecture="福島県", issue="資金繰り", road_shown=True)
    consultations(desk, 9, LAST_MONTH, "d", prefecture="宮城県", issue="創業", road_shown=True)
    consultations(desk, 2, LAST_MONTH, "e", prefecture="鳥取県", issue="創業", channel="line")
    page = (await reviewer.get("/figures/public")).text
    assert "31件" in page and "2026年12月" in page
    found = lines(page)
    for line in ("福島県 20件", "宮城県 非公表", "鳥取県 5件未満", "創業 11件", "資金繰り 20件"):
        assert line in found, line
    told = [int(number) for number in re.findall(r">\s*(\d+)件", page)]
    assert min(told) >= 5
    assert page.count("この月には、ありません") == 3  # questions, answers, ratings


async def test_what_cannot_be_hidden_is_left_out_of_the_page_to_publish(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 5, LAST_MONTH, prefecture="福島県")
    consultations(desk, 1, LAST_MONTH, "e", prefecture="鳥取県")
    page = await reviewer.get("/figures/public")
    assert "少ないため、公表しません" in page.words
    assert "福島県" not in page.words and "鳥取県" not in page.words


async def test_the_page_to_publish_says_when_whose_and_how_it_was_counted(desk: Desk, reviewer: Browser) -> None:
    page = await reviewer.get("/figures/public")
    for said in ("かかりつけ相談ボット", "2027年1月15日作成", "数え方", "「5件未満」"):
        assert said in page.words


async def test_only_whole_months_that_are_over_are_published(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 30)
    for month in ("2027-01", "2030-01", "", "x", "2026-12"):
        page = await reviewer.get(f"/figures/public?month={month}")
        assert "相談の状況　2026年12月" in page.words
        assert "30件" not in page.text


async def test_few_consultations_in_all_are_published_as_few_and_nothing_more(desk: Desk, reviewer: Browser) -> None:
    consultations(desk, 4, LAST_MONTH, prefecture="福島県")
    page = await reviewer.get("/figures/public")
    assert "5件未満" in page.words
    assert "福島県" not in page.words
