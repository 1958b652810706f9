"""What is installed is what docs/security.md says: it names every package once, and no version but the locked one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Set, Tuple

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
_PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
_LOCKED: Dict[str, str] = dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", _LOCK, re.M))
_NAME = r"`([a-z0-9][a-z0-9.-]*)`"
_MENDED = "Mended here by a newer version than Rasa or TensorFlow asks for"
_NEVER = 'python_version < "0"'


def section(title: str) -> str:
    """The page from this heading to the next one."""
    return _PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def in_tables(title: str) -> List[Tuple[str, str]]:
    """Package and version of each row whose first cells they are."""
    return re.findall(rf"^\| {_NAME} \| ([0-9]\S*) \|", section(title), re.M)


def in_lists(title: str) -> List[Tuple[str, str]]:
    """Package and version, or none, of each item of the lists, which begin with one."""
    lists = "\n".join(line for line in section(title).splitlines() if line.startswith("`"))
    return re.findall(rf"{_NAME}(?: ([0-9][^,\s]*[0-9]))?", lists)


def not_installed() -> Set[str]:
    rows = [line for line in section("Not installed").splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(_NAME, row.split("|")[1])}


def overrides() -> List[Requirement]:
    lines = (ROOT / "requirements.overrides").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def on_the_page() -> List[Tuple[str, str]]:
    return [*in_tables("Open"), *in_tables(_MENDED), *in_lists("No advisory known")]


def test_every_version_on_the_page_is_the_locked_one() -> None:
    versions = [(name, version) for name, version in on_the_page() if version]
    assert len(versions) > 50
    assert [(name, version) for name, version in versions if _LOCKED.get(name) != version] == []


def test_every_locked_package_stands_on_the_page_once() -> None:
    assert sorted(name for name, _ in on_the_page()) == sorted(_LOCKED)


def test_nothing_that_is_left_out_is_locked() -> None:
    assert not_installed() & _LOCKED.keys() == set()


def test_the_page_names_what_the_overrides_leave_out() -> None:
    assert {each.name for each in overrides() if str(each.marker) == _NEVER} == not_installed()


def test_what_the_overrides_raise_is_locked_there() -> None:
    raised = [each for each in overrides() if each.marker is None]
    assert raised
    for each in raised:
        assert each.specifier.contains(_LOCKED[each.name]), each


def test_the_interpreter_on_the_page_is_the_one_that_is_installed() -> None:
    python = (ROOT / ".python-version").read_text().strip()
    assert f"| CPython | {python} |" in section("Open")


def test_the_lock_has_hashes_and_names_no_registry() -> None:
    assert _LOCK.count("--hash=sha256:") >= len(_LOCKED)
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", _LOCK) == []


_A_SMALL_NETWORK = """
import numpy, tensorflow
told = numpy.random.default_rng(7).random((256, 4), dtype="float32")
network = tensorflow.keras.Sequential([tensorflow.keras.layers.Dense(8, activation="relu", input_shape=(4,)),
                                       tensorflow.keras.layers.Dense(1, activation="sigmoid")])
network.compile("adam", "binary_crossentropy")
losses = network.fit(told, told.sum(1) > 2, epochs=20, verbose=0).history["loss"]
network.save_weights("weights")
print(losses[-1] < losses[0])
"""


def test_tensorflow_still_learns_without_what_is_left_out(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _A_SMALL_NETWORK], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr
    assert (tmp_path / "weights.index").exists()
