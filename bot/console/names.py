"""What accounts of staff may be called."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional

LONGEST_NAME = 40
# No colon: whoever works in a terminal of the server stands in the log as `terminal:USER`.
_NAME = re.compile(r"\w[\w .・-]*")


def account_name(text: str) -> Optional[str]:
    """The name in one spelling (NFKC, single spaces); None where no account can be called that."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    return name if len(name) <= LONGEST_NAME and _NAME.fullmatch(name) else None
