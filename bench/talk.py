"""What an owner says in a measurement, so that all measure the same; and a website that is not to slow them down."""

from __future__ import annotations

TALK = (
    "息子に株を渡すときの贈与税が心配です",
    "鳥取です",
    "それって無料ですか",
    "ほかに、人も足りません",
    "パートが3人やめました",
    "ここまでで大丈夫です",
)
SHORT_TALK = ("商標を取りたい", "大阪です", "それって無料ですか", "ここまでで大丈夫です")
NO_LIMITS = {
    "KAKARITSUKE_WEB_RATE_MESSAGES": "100000/minute",
    "KAKARITSUKE_WEB_RATE_SESSIONS": "100000/minute",
    "KAKARITSUKE_WEB_RATE_REQUESTS": "100000/minute",
}
