"""Why a person should look at a turn: found by the consultation, kept by the store, shown to staff."""

from __future__ import annotations

from enum import Enum

# A consultation that stands open counts as left after so many hours without a word: the next day, not the next hour.
LEFT_AFTER_H = 24.0


class ReviewReason(str, Enum):
    """Why a turn is worth a look.

    UNSURE: what the message does was not clear. DENIED: the owner put us right. UNANSWERED: something was asked, and we
    had no answer. NO_ROAD: who told of a matter left, and was shown nobody to see. DISTRESS: the owner was met as
    somebody in distress. Two are no turn's, and found by the store: LEFT, a consultation stands open and nobody wrote
    for a day, and BAD_RATING, the owner says that it was no use.
    """

    UNSURE = "unsure"
    DENIED = "denied"
    UNANSWERED = "unanswered"
    NO_ROAD = "no_road"
    LEFT = "left"
    DISTRESS = "distress"
    BAD_RATING = "bad_rating"
