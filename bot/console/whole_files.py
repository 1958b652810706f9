"""Files as the console changes them: read byte for byte, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

_READABLE_FOR_ITS_GROUP = 0o640


def text_of(path: Path) -> str:
    """The text with the line ends that it has. Raises OSError, UnicodeDecodeError."""
    with path.open(encoding="utf-8", newline="") as opened:
        return opened.read()


def write_whole(path: Path, text: str) -> None:
    """The file anew, whole or not at all, with the rights that it had. Raises OSError."""
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8", newline="") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.chmod(path.stat().st_mode & 0o777 if path.exists() else _READABLE_FOR_ITS_GROUP)
    new.replace(path)
