"""The domain, read once, and a folder for the stories of a test."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from rasa.shared.core.domain import Domain

from tests.conftest import ROOT

WriteStory = Callable[[str], Path]


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def write_story(tmp_path: Path) -> WriteStory:
    """Writes a story of these steps into a file of its own."""

    def write(steps: str) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.yml"
        path.write_text(f'version: "3.1"\nstories:\n- story: 試しの相談\n  steps:\n{steps}', encoding="utf-8")
        return path

    return write
