"""Message parts as the bot sends them, short enough to read in a test."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence


def fact(label: str, text: str, link: Optional[str] = None, *more_links: str) -> Mapping[str, Any]:
    return {"label": label, "text": text, "link": link, "more_links": list(more_links)}


def step(
    order: str, label: str, institution: str, *facts: Mapping[str, Any], short: Sequence[Mapping[str, Any]] = ()
) -> Dict[str, Any]:
    return {
        "institution_id": institution,
        "institution": institution,
        "order": order,
        "order_label": label,
        "role": "specialist",
        "when": f"{institution}に行けるとき",
        "citation": "別添2 ホ、13ページ",
        "facts": list(facts),
        "short": list(short),
    }


def referral(*steps: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        "type": "referral",
        "title": "ご相談の道すじ",
        "issue": "知的財産",
        "sub_issue": None,
        "steps": list(steps),
        "closing": [fact("持っていくとよいもの", "商品の写真、使っている名前")],
        "sources": [fact("出典", "2017年の国の資料 別添2 ホ、13ページ"), fact("確認日", "2026年11月2日")],
        "more": "ほか{count}か所：{names}",
        "see_more": "ほかの窓口も見る",
    }


ROAD = referral(
    step(
        "first",
        "まず",
        "商工会議所",
        fact("なぜ", "最初の相談を受けます。"),
        fact("費用", "相談は無料です。"),
        fact("電話", "0120-000-111（平日）", "tel:0120-000-111"),
        fact("公式ページ", "日本商工会議所", "https://www.jcci.or.jp/"),
        short=(
            fact("電話", "0120-000-111（平日）", "tel:0120-000-111"),
            fact("連絡", "「商標の相談をしたい」とお伝えください。"),
            fact("なぜ", "最初の相談を受けます。"),
        ),
    ),
    step("next", "次に", "知財総合支援窓口", fact("なぜ", "商標に詳しい人がいます。")),
    step("if_needed", "必要なら", "弁理士", fact("なぜ", "出願を頼めます。")),
)
LONG_ROAD = referral(
    *ROAD["steps"],
    *(step("if_needed", "必要なら", name, fact("なぜ", f"{name}がくわしいです。")) for name in "甲乙丙丁"),
)
HELP: Mapping[str, Any] = {
    "type": "notice",
    "title": "人が話を聞いてくれる電話",
    "lines": [
        fact("命の危険が迫っているとき", "119 / 110", "tel:119", "tel:110"),
        fact("よりそいホットライン", "0120-279-226（24時間、無料）", "tel:0120-279-226"),
        fact("公式ページ", "まもろうよこころ", "https://www.mhlw.go.jp/mamorouyokokoro/"),
        fact("確認日", "2026年11月22日"),
    ],
}
