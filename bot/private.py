"""Keeps what the bot writes from everybody on the machine but the user it runs as."""

from __future__ import annotations

import logging
import os
from pathlib import Path

_FOLDER = 0o700
_FILE = 0o600
_OTHERS = 0o077
_LOGGER = logging.getLogger(__name__)


def keep_new_files_private() -> None:
    """Whatever this process makes from now on, others can neither read nor write, however lax its umask was."""
    os.umask(_OTHERS)


def keep_folder_private(folder: Path) -> None:
    """Make a folder where there is none, and close it and all that lies in it to others, also what was open before."""
    folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    _close(folder, _FOLDER)
    for found in folder.rglob("*"):
        if not found.is_symlink():
            _close(found, _FOLDER if found.is_dir() else _FILE)


def keep_file_private(file: Path) -> None:
    """Make a file where there is none, and close it and its companions (`file-wal` and such) to others."""
    file.touch(mode=_FILE)
    for found in (file, *file.parent.glob(f"{file.name}-*")):
        _close(found, _FILE)


def _close(path: Path, mode: int) -> None:
    """Where that is not ours to do, the log says so: whoever owns it gave us access on purpose."""
    try:
        if path.stat().st_mode & _OTHERS:
            path.chmod(mode)
    except FileNotFoundError:
        return  # SQLite takes its companions away when it has no more use for them
    except PermissionError:
        _LOGGER.error("%s can be read by others, and belongs to another user; run `chmod go-rwx` on it", path)
