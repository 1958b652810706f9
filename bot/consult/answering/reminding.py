"""What cannot wait is said at once, and once more after the road."""

from __future__ import annotations

from bot.consult.scene import Scene, Turn


def advised_at_once(scene: Scene, turn: Turn) -> Turn:
    """Where a payment falls due within days, what cannot wait for the road is said first."""
    issue = turn.consultation.issue_in(scene.knowledge)
    if issue is None or issue.urgent is None or turn.consultation.answered or not scene.heard.urgent:
        return turn
    return turn.saying("utter_urgent", urgent=issue.urgent)


def reminded(scene: Scene, turn: Turn) -> Turn:
    """The advice that cannot wait once more, after the road; once in a consultation."""
    sub_issue = turn.consultation.sub_issue_in(scene.knowledge)
    if sub_issue is None or sub_issue.tip is None or turn.consultation.talk.reminded:
        return turn
    return turn.on(turn.consultation.with_talk(reminded=True)).saying("utter_remind", tip=sub_issue.tip)
