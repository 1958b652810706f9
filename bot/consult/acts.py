"""What a message can be taken for in a consultation: the acts beside the intents, and how sure each has to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

ANSWER = "answer"
UNSURE = "unsure"
TWO_CANDIDATES = "two_candidates"
TOO_LONG = "too_long"
CORRECT = "correct"
TOLD = "told"
REMARK = "remark"
RETURNED = "returned"
ALREADY_SAID = "already_said"
DISTRESS = "distress"
AFTER_DISTRESS = "after_distress"
BACK_TO_BOT = "back_to_bot"
ASK_SHEET = "ask_sheet"
ABUSE = "abuse"
# The owner wants the records gone: by themselves, or as the answer to the question whether that is so.
FORGET = "forget"
# A number that is not kept, and no other word.
JUST_NUMBERS = "just_numbers"
ASK_PRIVACY = "ask_privacy"
ASK_AGAIN = "ask_again"
# What an owner says once a road is shown: that they will go, that they are sorry, whether it will be right.
GOES = "goes"
APOLOGY = "apology"
DOUBTS = "doubts"
# Several worries in one breath, none of which leads.
SEVERAL = "several"
# The answer to which sub-issue it is where the owner told more of the issue, and no sub-issue became clear.
MORE_TOLD = "more_told"
# What data/nlu tells apart within an intent, and is answered in its own way.
KINDS = {
    ("out_of_scope", "abuse"): ABUSE,
    ("ask_capability", "privacy"): ASK_PRIVACY,
    ("ask_capability", "forget"): FORGET,
    ("restart", "forget"): FORGET,
    ("affirm", "goes"): GOES,
    ("thank", "apology"): APOLOGY,
    ("ask_why", "doubts"): DOUBTS,
    ("ask_why", "again"): ASK_AGAIN,
}


@dataclass(frozen=True)
class Thresholds:
    """From which confidence a message is taken at its word. Chosen on data; config.yml gives and explains them.

    `sure`: the best intent is taken. `pair`: two issues whose confidences together reach it are offered by name.
    `sub_issue`: a sub-issue that clear is not asked for. `other`: an issue that a clause is about is kept for later.
    `change`: so sure another issue must be to take the place of the one in hand while we ask about it.
    `explicit`: so sure an issue must be to end the questions of the triage; less than that is evidence for them.
    `distress`: recall comes first, so distress is heard from a lower confidence than anything else.
    `dying`: the same where the words themselves speak of one's own death, whatever else the message is about.
    `weary`: the same for a short もういいです or 疲れました to a question, which most owners mean of the questions.
    """

    sure: float
    pair: float
    distress: float
    dying: float
    weary: float
    sub_issue: float
    other: float
    change: float
    explicit: float


@dataclass(frozen=True)
class Reading:
    """How a message is taken: `act` is an intent or one of the words above; `choice` is the id of the answer picked.

    `others` are issues that the message brings up beside the one in hand, as issue/sub-issue where it makes that clear.
    """

    act: str
    choice: Optional[str] = None
    others: Tuple[str, ...] = ()
