"""What is known of the owner and their business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Owner:
    """Where the business is, what it does, how many work there, at which stage it is.

    `tried` has what the owner said to have tried for the issue in hand, in their own words.
    """

    prefecture: Optional[str] = None
    municipality: Optional[str] = None
    industry: Optional[str] = None
    employee_count: Optional[str] = None
    stage: Optional[str] = None
    tried: Tuple[str, ...] = ()
