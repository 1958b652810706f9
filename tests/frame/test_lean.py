"""The bot serves without what Rasa imports for others; the first test fails when Rasa has changed there."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import free_port, start_server, wait_until_ready

ROOT = Path(__file__).resolve().parents[2]
_IMPORTED_IN_RASA = (
    ("rasa/nlu/extractors/extractor.py", "\nimport rasa.utils.train_utils\n"),
    ("rasa/utils/train_utils.py", "from rasa.utils.tensorflow.callback import"),
    ("rasa/core/policies/rule_policy.py", "\nimport rasa.core.test\n"),
    ("rasa/nlu/test.py", "\nimport rasa.utils.plotting as"),
    ("rasa/core/channels/__init__.py", "from rasa.core.channels.twilio import TwilioInput\n"),
    ("rasa/engine/storage/storage.py", 'train_schema=GraphSchema.from_dict(serialized["train_schema"])'),
    ("thinc/compat.py", "\n    import tensorflow\n"),
)
_LEAN = "from bot.frame.lean import import_rasa_leanly; import_rasa_leanly(); import sys; "


def run_lean(code: str) -> str:
    """What a fresh Python prints that imports leanly and then runs `code`."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LEAN + code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("file", "line"), _IMPORTED_IN_RASA)
def test_the_libraries_themselves_would_still_import_it(file: str, line: str) -> None:
    package = importlib.util.find_spec(file.partition("/")[0])
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]).parent
    assert line in (folder / file).read_text(encoding="utf-8")


async def test_a_server_that_has_answered_has_loaded_neither_tensorflow_nor_a_plotting_library(
    model: Path, tmp_path: Path
) -> None:
    port = free_port()
    process = start_server("--rest", "--port", str(port), KAKARITSUKE_STORE=str(tmp_path / "store.sqlite"))
    try:
        wait_until_ready(process)
        address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        told = {"sender": uuid.uuid4().hex, "message": "商標を取りたい"}
        async with aiohttp.ClientSession() as session, session.post(address, json=told) as answer:
            assert await answer.json()
        loaded = Path(f"/proc/{process.pid}/maps").read_text()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    assert "/numpy/" in loaded
    for library in ("/tensorflow/", "/matplotlib/", "/PIL/", "/h5py/", "/jaxlib/"):
        assert library not in loaded


def test_a_module_that_is_imported_when_used_is_whole_then() -> None:
    code = """
import rasa.core.test, rasa.core.policies.rule_policy
before = "matplotlib" in sys.modules
used = rasa.core.test.emulate_loop_rejection
print(before, callable(used), "matplotlib" in sys.modules)
"""
    assert run_lean(code) == "False True True"


def test_rasas_channels_come_without_connectors_to_services() -> None:
    code = """
from rasa.core.channels import BUILTIN_CHANNELS, CollectingOutputChannel, InputChannel, OutputChannel, UserMessage
print(BUILTIN_CHANNELS, [name for name in sys.modules if name.startswith("rasa.core.channels.")])
"""
    assert run_lean(code) == "{} ['rasa.core.channels.channel']"


def test_a_single_connector_of_rasas_can_still_be_imported() -> None:
    code = "from rasa.core.channels.rest import RestInput; print(RestInput.name())"
    assert run_lean(code) == "rest"


def test_asking_twice_changes_nothing_more() -> None:
    code = "once = list(sys.meta_path); import_rasa_leanly(); print(sys.meta_path == once)"
    assert run_lean(code) == "True"


def test_the_parts_of_the_product_can_be_imported_one_by_one() -> None:
    code = """
import importlib, pkgutil, actions, bot
walks = [pkgutil.walk_packages(package.__path__, f"{package.__name__}.") for package in (bot, actions)]
names = [module.name for walk in walks for module in walk]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names) > 100, "tensorflow" in sys.modules)
"""
    assert run_lean(code) == "True False"
