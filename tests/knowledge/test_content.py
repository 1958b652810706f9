"""What the bot knows agrees with the paper, with today's facts, and with how we speak to owners."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest
import yaml

from bot.knowledge import Issue, Knowledge, Referral

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
LONGEST_SENTENCE = 50
PHONE = re.compile(r"0\d{1,4}-\d{1,4}-?\d{3,4}")

needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the paper and the facts lie in ../shared, which is absent here"
)


def referrals_of(issue: Issue) -> List[Referral]:
    return [*issue.referrals, *(referral for sub in issue.sub_issues for referral in sub.referrals)]


def roads_of(knowledge: Knowledge) -> Iterator[Tuple[str, Tuple[Referral, ...]]]:
    for issue in knowledge.issues.values():
        yield issue.name, issue.referrals
        for sub in issue.sub_issues:
            yield f"{issue.name}/{sub.id}", sub.referrals


def test_all_ten_issues_of_the_paper_are_there(knowledge: Knowledge) -> None:
    headings = [issue.citation.heading for issue in knowledge.issues.values()]
    assert sorted(headings) == sorted("イロハニホヘトチリヌ")


def test_every_institution_that_a_heading_names_is_reachable_from_its_issue(knowledge: Knowledge) -> None:
    missing = []
    for issue in knowledge.issues.values():
        reachable = {referral.institution.id for referral in referrals_of(issue)}
        for members in knowledge.paper.institutions_named("別添2", issue.citation.heading):
            if not reachable & set(members):
                missing.append((issue.name, members))
    assert missing == []


def test_an_institution_outside_the_heading_is_marked_with_a_source_of_its_own(knowledge: Knowledge) -> None:
    unmarked = []
    for issue in knowledge.issues.values():
        named = {m for members in knowledge.paper.institutions_named("別添2", issue.citation.heading) for m in members}
        for referral in referrals_of(issue):
            from_the_heading = referral.added is None and referral.citation == issue.citation
            if referral.institution.id not in named and from_the_heading:
                unmarked.append((issue.name, referral.institution.id))
    assert unmarked == []


def test_every_citation_is_the_place_where_the_institution_or_its_group_is_named(knowledge: Knowledge) -> None:
    wrong = []
    for name, road in roads_of(knowledge):
        for referral in road:
            if referral.citation is None:
                continue
            heading = knowledge.paper.heading(referral.citation.section, referral.citation.heading)
            named = {
                m
                for members in knowledge.paper.institutions_named(heading.citation.section, heading.citation.heading)
                for m in members
            }
            described = referral.citation in referral.institution.citations
            if not described and referral.institution.id not in named:
                wrong.append((name, referral.institution.id, str(referral.citation)))
    assert wrong == []


def test_every_road_begins_with_somebody_to_see_first(knowledge: Knowledge) -> None:
    assert [name for name, road in roads_of(knowledge) if road[0].order.value != "first"] == []


def test_every_road_has_a_contact_near_the_owner(knowledge: Knowledge) -> None:
    assert [name for name, road in roads_of(knowledge) if all(r.role.value != "first_contact" for r in road)] == []


FIRST_BY_THE_PAPER: Dict[str, Set[str]] = {
    "創業": {"shokokai", "cci", "local_bank", "zeirishi"},  # イ: まずは、商工会・商工会議所や金融機関、士業等専門家等
    "販路開拓": {"shokokai", "cci", "local_bank"},  # ロ: 商工会・商工会議所、金融機関等の身近な支援機関
    "人材確保": {"shokokai", "cci", "local_bank"},  # ハ: 商工会・商工会議所、金融機関等の身近な支援機関
    "IT活用": {"shokokai", "cci", "zeirishi", "local_bank"},  # ニ: まずは、商工会・商工会議所や士業等専門家、金融機関等
    "知的財産": {"chizai"},  # ホ: ワンストップ相談窓口
    "下請取引": {"kakekomi", "shokokai", "cci"},  # ヘ: 日頃の経営相談において…下請かけこみ寺に取り次ぐ
    "事業承継": {"shokokai", "cci", "local_bank"},  # ト: 商工会・商工会議所や金融機関をはじめとする身近な支援機関
    "商店街振興": {
        "shotengai_kumiai",
        "shokokai",
        "cci",
        "municipality",
    },  # チ: 商店街振興組合、商工会・商工会議所、市町村
    "資金繰り": {"local_bank"},  # ヌ: 金融機関による経営支援
    "課題不明確": {
        "shokokai",
        "cci",
        "zeirishi",
        "shindanshi",
        "local_bank",
    },  # リ: 商工会・商工会議所や士業等専門家、金融機関等
}


@pytest.mark.parametrize("issue", FIRST_BY_THE_PAPER)
def test_whom_to_see_first_is_who_the_paper_puts_first(knowledge: Knowledge, issue: str) -> None:
    first = {r.institution.id for r in knowledge.issues[issue].referrals if r.order.value == "first"}
    assert first == FIRST_BY_THE_PAPER[issue]


ANSWERED_BY: Dict[Tuple[str, str], List[str]] = {
    ("IT活用", "advanced"): ["yorozu"],  # ニ: よろず支援拠点においては…IoT活用など高度な相談についても
    ("下請取引", "payment"): ["kakekomi"],
    ("下請取引", "tooling"): ["kakekomi"],
    ("下請取引", "fear"): ["kakekomi"],
    ("事業承継", "successor"): ["hikitsugi", "local_bank"],  # ト: 金融機関等のほか事業引継ぎ支援センターが対応する
    ("事業承継", "tax"): ["zeirishi"],  # ト: 税務相談は税理士等が
    ("事業承継", "funding"): ["local_bank", "shinyo_hosho"],  # ト: 資金供給については金融機関や信用保証協会が
    ("事業承継", "education"): ["smrj_univ"],  # ト: 後継者教育は中小企業大学校等が
    ("資金繰り", "expert"): ["yorozu"],  # ヌ: 依頼に応じた士業等の最適な専門家の紹介
}


@pytest.mark.parametrize(("issue", "sub_issue"), ANSWERED_BY)
def test_who_answers_a_matter_by_the_paper_stands_at_the_head_of_its_road(
    knowledge: Knowledge, issue: str, sub_issue: str
) -> None:
    road = knowledge.issues[issue].sub_issue(sub_issue).referrals
    named = ANSWERED_BY[issue, sub_issue]
    assert [(r.institution.id, r.order.value) for r in road[: len(named)]] == [(name, "first") for name in named]


def test_an_accountant_is_no_answer_for_tax(knowledge: Knowledge) -> None:
    road = knowledge.issues["事業承継"].sub_issue("tax").referrals
    assert "cpa" not in [referral.institution.id for referral in road]
    assert "税理士の登録" in (knowledge.institutions["cpa"].caution or "")


def test_nobody_is_promised_to_stay_without_a_name(knowledge: Knowledge) -> None:
    said = [text for _, road in roads_of(knowledge) for referral in road for text in (referral.when, referral.why)]
    said += [i.does for i in knowledge.institutions.values()]
    assert [text for text in said if re.search("匿名|名前を伏せ", text)] == []


UNEXPLAINED = (
    "力になれる相手|お金の回り|お名前やアイデアを守る|知的財産の一つの窓口|取り次がれ|ITの効き目|名指し|お話しになりたいのですね|"
    "言い方を変えなくて|サーバー|(?<!メール)アドレス|ボット|士業|治具|公設試(?!（県)|後継ぎ|借入|相談先|新しくできた窓口"
)


@pytest.mark.parametrize(
    "file", ["institutions.yml", "issues.yml", "questions.yml", "triage.yml", "words.yml", "networks.yml"]
)
def test_owners_read_no_word_that_needs_explaining_or_has_two_names(file: str) -> None:
    keys = {
        "name",
        "label",
        "spoken",
        "acknowledge",
        "sympathy",
        "question",
        "question_why",
        "when",
        "why",
        "tip",
        "does",
    }
    keys |= {"cost", "reach", "caution", "text", "what", "to_check", "ask", "said", "addition", "short_name"}
    content = yaml.safe_load((ROOT / "data" / "knowledge" / file).read_text(encoding="utf-8"))
    assert [text for text in texts_of(content, keys) if re.search(UNEXPLAINED, text)] == []


def test_the_bot_itself_says_no_word_that_needs_explaining_or_has_two_names() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    said = [variation["text"] for variations in responses.values() for variation in variations if "text" in variation]
    said += [
        *texts_of(yaml.safe_load((ROOT / "data/channels/line.yml").read_text(encoding="utf-8")), {"privacy", "group"})
    ]
    assert [text for text in said if re.search(UNEXPLAINED, text)] == []


def test_every_institution_of_the_paper_has_its_place_in_it(knowledge: Knowledge) -> None:
    assert [i.id for i in knowledge.institutions.values() if i.paper_name and not i.citations] == []


def test_additions_say_where_they_are_from(knowledge: Knowledge) -> None:
    assert [i.id for i in knowledge.institutions.values() if not i.paper_name and not i.sources] == []


def test_every_prefecture_has_a_yorozu_office_and_a_federation_of_shokokai(knowledge: Knowledge) -> None:
    offices = {(office.institution_id, office.prefecture) for office in knowledge.offices}
    assert len(knowledge.prefectures) == 47
    assert {(i, p) for i in ("yorozu", "shokokai") for p in knowledge.prefectures} == offices


def texts_of(content: object, keys: Set[str]) -> Iterator[str]:
    """Every text below the given keys, wherever they stand."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in keys and isinstance(value, str):
                yield value
            else:
                yield from texts_of(value, keys)
    elif isinstance(content, list):
        for value in content:
            yield from texts_of(value, keys)


SHOWN: Dict[str, Set[str]] = {
    "institutions.yml": {"does", "cost", "reach", "caution", "note", "text"},
    "issues.yml": {"label", "spoken", "acknowledge", "question", "question_why", "when", "why", "tip", "name"},
    "questions.yml": {"why", "label"},
    "help_lines.yml": {"name", "hours", "cost"},
    "words.yml": {"addition", "emergency", "people", "bring", "road_title", "network"},
    "networks.yml": {"short_name", "what", "to_check"},
}


@pytest.mark.parametrize("file", SHOWN)
def test_every_sentence_shown_to_owners_has_at_most_fifty_characters(file: str) -> None:
    content = yaml.safe_load((ROOT / "data" / "knowledge" / file).read_text(encoding="utf-8"))
    sentences = [s for text in texts_of(content, SHOWN[file]) for s in re.split(r"(?<=[。？])", text)]
    assert [sentence for sentence in sentences if len(sentence) > LONGEST_SENTENCE] == []


def test_every_issue_has_two_to_four_short_questions_to_ask_at_the_desk(knowledge: Knowledge) -> None:
    asked = {issue.name: issue.ask for issue in knowledge.issues.values()}
    asked |= {f"{i.name} > {sub.id}": sub.ask for i in knowledge.issues.values() for sub in i.sub_issues if sub.ask}
    assert {name: ask for name, ask in asked.items() if not 2 <= len(ask) <= 4} == {}
    assert [question for ask in asked.values() for question in ask if len(question) > LONGEST_SENTENCE] == []
    assert [name for name, ask in asked.items() if len(set(ask)) < len(ask)] == []


def test_no_question_to_ask_asks_for_a_judgement_of_law_or_tax(knowledge: Knowledge) -> None:
    issues = knowledge.issues.values()
    asked = [question for i in issues for question in (*i.ask, *(q for sub in i.sub_issues for q in sub.ask))]
    assert [
        question for question in asked if re.search("違法|訴え|法律|脱税|節税|税額|税金はいくら|勝て", question)
    ] == []


def test_only_verified_numbers_are_shown(knowledge: Knowledge) -> None:
    shown = [t for i in knowledge.institutions.values() for t in (i.does, i.cost, i.reach, i.caution or "", i.name)]
    assert [text for text in shown if PHONE.search(text)] == []


@needs_shared
def test_nothing_that_must_not_be_used_appears() -> None:
    facts = yaml.safe_load((SHARED / "facts" / "institutions.yaml").read_text(encoding="utf-8"))
    forbidden = [re.split(r"[(（]", entry["item"])[0] for entry in facts["do_not_use"]]
    ours = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "knowledge").glob("*.yml"))
    phones_and_names = [item for item in forbidden if not item.endswith("の連絡先")]
    assert phones_and_names
    assert [item for item in phones_and_names if item in ours] == []


@needs_shared
def test_a_number_is_shown_only_where_the_facts_verified_it_for_today(knowledge: Knowledge) -> None:
    facts = yaml.safe_load((SHARED / "facts" / "institutions.yaml").read_text(encoding="utf-8"))
    verified = {
        phone["number"]
        for entry in (*facts["institutions"], *facts["newer_nationwide"])
        for phone in entry.get("phone", [])
        if phone["verified_for_2026"]
    }
    shown = {i.phone.number for i in knowledge.institutions.values() if i.phone}
    assert shown <= verified


@needs_shared
def test_the_help_lines_are_those_of_the_facts(knowledge: Knowledge) -> None:
    crisis = yaml.safe_load((SHARED / "facts" / "crisis.yaml").read_text(encoding="utf-8"))
    assert [(line.name, line.phone) for line in knowledge.help_lines.lines] == [
        (line["name"].split("（")[0], line["phone"]) for line in crisis["lines"]
    ]


@needs_shared
def test_the_contents_list_of_the_paper_gives_the_same_pages(knowledge: Knowledge) -> None:
    contents = (SHARED / "paper" / "bessatsu_2017.txt").read_text(encoding="utf-8").split("【別添 1")[0]
    pages = dict(
        re.findall(r"^([①-⑫]|[イロハニホヘトチリヌ]|コラム|\([12３3]\))[)：]?.*?P (\d+)", contents, re.MULTILINE)
    )
    ours = {h.citation.heading: str(h.citation.page) for h in knowledge.paper.headings}
    assert len(pages) >= 24
    assert {heading: ours[heading] for heading in pages} == pages


NAMES_IN_TEXT = {
    "shokokai": "商工会(?!議所)",
    "cci": "商工会議所",
    "金融機関": "金融機関",
    "士業等専門家": "士業等",
    "yorozu": "よろず支援拠点",
    "jetro": "ジェトロ",
    "shindanshi": "中小企業診断士",
    "itc": "ITコーディネーター",
    "sharoshi": "社会保険労務士",
    "hellowork": "ハローワーク",
    "roudoukyoku": "都道府県労働局",
    "pro_jinzai": "プロフェッショナル人材戦略拠点",
    "ninteishien": "認定経営革新等支援機関",
    "it_vendor": "ITベンダー",
    "chizai": "知財総合支援窓口",
    "pref_center": "中小企業支援センター",
    "kakekomi": "下請かけこみ寺",
    "gmen": "下請Gメン",
    "zeirishi": "税理士",
    "chuokai": "中小企業団体中央会",
    "hikitsugi": "事業引継ぎ支援センター",
    "shinyo_hosho": "信用保証協会",
    "smrj_univ": "中小企業大学校",
    "shotengai_kumiai": "商店街振興組合",
    "municipality": "市町村|地元自治体",
    "shotengai_center": "全国商店街支援センター",
    "saisei_kyogikai": "中小企業再生支援協議会",
    "sogyo": "創業支援事業者",
}


@needs_shared
@pytest.mark.parametrize("heading", list("イロハニホヘトチリヌ"))
def test_the_names_of_a_heading_are_those_in_its_text(knowledge: Knowledge, heading: str) -> None:
    text = (SHARED / "paper" / "bessatsu_2017.txt").read_text(encoding="utf-8")
    text = (
        text.split("【別添2：第3部関係】")[1]
        .split("【コラム】")[0]
        .replace("I T", "IT")
        .replace(" ", "")
        .replace("\n", "")
    )
    order = ["イ)", "ロ)", "ハ)", "二)", "ホ)", "へ)", "ト)", "チ)", "リ)", "ヌ)"]
    start = order["イロハニホヘトチリヌ".index(heading)]
    part = text[text.index(start) :]
    following = [part.index(mark, 2) for mark in order if mark != start and part.find(mark, 2) > 0]
    part = part[: min(following)] if following else part
    in_text = {name for name, pattern in NAMES_IN_TEXT.items() if re.search(pattern, part)}
    assert set(knowledge.paper.heading("別添2", heading).names) == in_text
