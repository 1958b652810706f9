"""Each graph component does its one thing, trained and run through Rasa's own graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

from bot.consult.reading import understood_from
from bot.nlu.calibrated_classifier import softmax

TEN_SENTENCES = """
version: "3.1"
nlu:
- intent: 創業
  examples: |
    - 来年カフェを開きたい
    - 会社を辞めて独立したい
    - 開業のお金が足りない
    - 店を始める手続きは
    - 起業したいのですが
- intent: 資金繰り
  metadata: {sub_issue: lending}
  examples: |
    - 返済が苦しい
    - 銀行が貸してくれない
    - 運転資金を借りたい
    - 借金の保証人を外したい
    - 資金が回らない
"""
PIPELINE = """
recipe: default.v1
language: ja
assistant_id: ten-sentences
pipeline:
- name: bot.nlu.tokenizer.GinzaTokenizer
- name: bot.nlu.sentence_encoder.SentenceEncoder
- name: bot.nlu.word_vectors.WordVectors
- name: bot.nlu.intent_classifier.IntentClassifier
  C: 0.8
  dense: 0.7
  neighbours: 15
  beside: 0.5
- name: bot.nlu.symptom_reader.SymptomReader
  like: 0.4
  most: 8
- name: bot.nlu.place_extractor.PlaceExtractor
- name: bot.nlu.institution_extractor.InstitutionExtractor
- name: bot.nlu.industry_extractor.IndustryExtractor
- name: bot.nlu.employee_count_extractor.EmployeeCountExtractor
- name: bot.nlu.stage_extractor.StageExtractor
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    """A model trained on ten sentences with all our components."""
    folder: Path = tmp_path_factory.mktemp("small")
    (folder / "nlu.yml").write_text(TEN_SENTENCES, encoding="utf-8")
    (folder / "config.yml").write_text(PIPELINE, encoding="utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    agent = Agent()
    agent.load_model(model)
    return agent


async def parse(agent: Agent, text: str) -> Dict[str, Any]:
    result: Dict[str, Any] = await agent.parse_message(text)
    return result


def values(parsed: Dict[str, Any], kind: str) -> List[str]:
    return [found["value"] for found in parsed["entities"] if found["entity"] == kind]


async def test_ten_sentences_are_enough_to_tell_two_intents_apart(small: Agent) -> None:
    assert (await parse(small, "カフェの開業資金を用意したい"))["intent"]["name"] == "創業"


async def test_the_confidences_of_all_intents_add_up_to_one(small: Agent) -> None:
    ranking = (await parse(small, "返済"))["intent_ranking"]
    assert sum(ranked["confidence"] for ranked in ranking) == pytest.approx(1)
    assert [ranked["name"] for ranked in ranking] == sorted(
        (ranked["name"] for ranked in ranking), key=lambda n: -{r["name"]: r["confidence"] for r in ranking}[n]
    )


@pytest.mark.parametrize(
    ("text", "prefectures"),
    [
        ("大阪の町工場です", ["大阪府"]),
        ("福島で旅館をしとります", ["福島県"]),
        ("東京都内です", ["東京都"]),
        ("北海道", ["北海道"]),
        ("ﾎｯｶｲﾄﾞｳじゃなくて青森県", ["青森県"]),
        ("福島じゃなくて福井です", ["福井県"]),
        ("石川です。わしと家内", ["石川県"]),
        ("大阪屋という名の米屋です。場所は愛知県", ["愛知県"]),
        ("福島さんに紹介されました", []),
        ("大分よくなりました", []),
        ("奈良漬を売っています", []),
        ("山口社長に聞きました", []),
    ],
)
async def test_the_prefecture_is_found_and_nothing_else(small: Agent, text: str, prefectures: List[str]) -> None:
    assert values(await parse(small, text), "prefecture") == prefectures


@pytest.mark.parametrize(
    ("text", "institutions"),
    [
        ("ハロワに出しても来ない", ["hellowork"]),
        ("商工会議所の人に言われた", ["cci"]),
        ("商工会と商工会議所はどう違うの", ["shokokai", "cci"]),
        ("下請けかけこみ寺って今もある?", ["kakekomi"]),
        ("ｼﾞｪﾄﾛ", ["jetro"]),
        ("お店が大変です", []),
    ],
)
async def test_institutions_are_found_by_the_names_owners_use(small: Agent, text: str, institutions: List[str]) -> None:
    assert values(await parse(small, text), "institution") == institutions


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b\u200b", "🙂🙂🙂", "a\ud800b", "\x00\x01", "مرحبا", "あ" * 100_000, "𠮷" * 20_000],
    ids=lambda value: ascii(value)[:30],
)
async def test_no_text_stops_the_pipeline(small: Agent, text: str) -> None:
    parsed = await parse(small, text)
    assert parsed["intent"]["name"] in ("創業", "資金繰り", None)


@pytest.mark.parametrize(
    ("text", "municipalities"),
    [
        ("横浜で店をやってます", ["横浜市"]),
        ("名古屋市の町工場", ["名古屋市"]),
        ("会津若松です", ["会津若松市"]),
        ("森さんの紹介", []),
    ],
)
async def test_a_city_is_found_with_or_without_its_suffix(small: Agent, text: str, municipalities: List[str]) -> None:
    assert values(await parse(small, text), "municipality") == municipalities


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("青森のりんご農家です", ["りんご農家"]),
        ("温泉旅館をやっています", ["温泉旅館"]),
        ("隣の八百屋が閉めました", []),
        ("スーパーに売り込みたい", []),
        ("ドライバーが足りません", []),
        ("工場が回りません", []),
        ("前は問屋さんがぜんぶ取ってくれた", []),
        ("倉庫をもう一つ借りようか迷っています", []),
        ("美容室に似た名前のがあるけど、美容室やし", []),
        ("金属塗装をやっています", ["金属塗装"]),
    ],
)
async def test_the_owners_trade_is_found_and_not_that_of_others(small: Agent, text: str, trades: List[str]) -> None:
    assert values(await parse(small, text), "industry") == trades


@pytest.mark.parametrize("text", ["あいちです。わたしと おっと", "えひめ、漁師町です"])
async def test_a_prefecture_is_known_by_its_sound(small: Agent, text: str) -> None:
    assert len(values(await parse(small, text), "prefecture")) == 1


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("十二名でやっとります", ["12"]),
        ("従業員数は１５です", ["15"]),
        ("社員3人、バイト9人", ["3", "9"]),
        ("お客さんは一日5人", []),
        ("去年は10人いました", []),
        ("あと2人採りたい", []),
    ],
)
async def test_those_who_work_there_now_are_counted(small: Agent, text: str, counts: List[str]) -> None:
    assert values(await parse(small, text), "employee_count") == counts


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("夫婦とパート2人です", 4),
        ("私と番台のおばちゃんの2人", 2),
        ("俺と女房の2人", 2),
        ("主人と二人です", 2),
        ("社員3人、バイト9人", 12),
        ("6人。配達が4人と、あと母ちゃんとおれ", 6),
        ("5人。電話番も数えるなら6人", 5),
        ("私のほかに3人、あ、今は2人か", 3),
        ("職人2人と俺", 3),
    ],
)
async def test_everybody_who_works_there_is_counted_once(small: Agent, text: str, total: int) -> None:
    assert understood_from(await parse(small, text)).employee_count == total


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("開業前の相談です", ["創業前"]),
        ("開業準備中です", ["創業時"]),
        ("開業して半年です", ["創業後"]),
        ("困っています", []),
    ],
)
async def test_the_stage_of_the_business_is_found(small: Agent, text: str, stages: List[str]) -> None:
    assert values(await parse(small, text), "stage") == stages


def test_a_lower_temperature_makes_confidences_more_decided() -> None:
    import numpy as np

    margins = np.array([[1.0, 0.5, -1.0]])
    assert softmax(margins, 0.1)[0, 0] > softmax(margins, 1.0)[0, 0] > 1 / 3


@pytest.mark.parametrize(
    "text",
    [
        "子どもは東京で",
        "息子は福岡で勤めている",
        "娘夫婦も今は名古屋です",
        "取引先は大阪の会社です",
        "東京の展示会に出したい",
        "横浜の大学に通わせている",
        "新潟の問屋から仕入れている",
    ],
)
async def test_somebody_elses_place_is_not_the_owners(small: Agent, text: str) -> None:
    parsed = await parse(small, text)
    assert values(parsed, "prefecture") + values(parsed, "municipality") == []


@pytest.mark.parametrize(
    "text", ["娘が福島の店を手伝っている", "息子と福島で旅館をやっている", "子どもは東京です。うちは福島です"]
)
async def test_the_owners_place_is_found_beside_the_family(small: Agent, text: str) -> None:
    assert values(await parse(small, text), "prefecture") == ["福島県"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("もう歳だから", "change/age"),
        ("お客さまが減ってきた", "customers/fewer"),
        ("帳簿も伝票も手書きです", "paper/paper"),
        ("支払いはいつも先延ばしにされる", "paid_on_time/late"),
    ],
)
async def test_words_resemble_the_answer_that_they_mean(small: Agent, text: str, answer: str) -> None:
    symptoms = (await parse(small, text))["symptoms"]
    assert max(symptoms, key=lambda told: symptoms[told]) == answer


async def test_talk_of_something_else_resembles_no_answer_closely(small: Agent) -> None:
    symptoms = (await parse(small, "カレーが食べたい"))["symptoms"]
    assert all(likeness < 0.45 for likeness in symptoms.values())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ばか", ("out_of_scope", "abuse")),
        ("このポンコツが、引っ込んでろ", ("out_of_scope", "abuse")),
        ("匿名で相談できますか", ("ask_capability", "privacy")),
        ("名前は言わないといけませんか", ("ask_capability", "privacy")),
    ],
)
async def test_kinds_of_an_intent_are_told_apart(bot: Agent, text: str, kind: "tuple[str, str]") -> None:
    parsed = await bot.parse_message(text)
    assert (parsed["intent"]["name"], parsed["sub_issues"][kind[0]]["name"]) == kind


@pytest.mark.parametrize("text", ["今日の天気は", "カレーの作り方を教えて", "有給がもらえません。会社員です"])
async def test_what_is_only_out_of_scope_is_not_abuse(bot: Agent, text: str) -> None:
    assert (await bot.parse_message(text))["sub_issues"].get("out_of_scope", {}).get("confidence", 0.0) < 0.6


async def test_the_sub_issue_of_another_issue_is_read_in_its_clause(bot: Agent) -> None:
    parsed = await bot.parse_message("味噌を台湾に出したいんですが、商品名をまねされないかも心配です")
    assert set(parsed["other_issues"]) | {parsed["intent"]["name"]} == {"販路開拓", "知的財産"}
    assert parsed["sub_issues"]["販路開拓"]["name"] == "overseas"


@pytest.mark.parametrize("whom", ["商工会", "税理士", "よろず", "ジェトロ"])
@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("{}に行くと、お金はなんぼ取られますか", "cost"),
        ("{}に話したことは、よそに漏れませんか", "secrecy"),
        ("{}は、行く前に電話せんとあかんのかな", "appointment"),
    ],
)
async def test_what_a_question_asks_is_read_whomever_it_names(bot: Agent, whom: str, question: str, topic: str) -> None:
    topics = (await parse(bot, question.format(whom)))["topics"]
    assert max(topics, key=lambda name: topics[name]) == topic


async def test_what_is_asked_is_read_of_each_clause(bot: Agent) -> None:
    parsed = await parse(bot, "よろずの相談は無料ですか。土曜や夜でも予約は取れますか")
    asked = [max(topics, key=lambda name: topics[name]) for topics in parsed["topics_by_clause"]]
    assert asked == ["cost", "appointment"]
    assert next(iter(parsed["answers_by_clause"][0]["answers"])).startswith("cost_")
