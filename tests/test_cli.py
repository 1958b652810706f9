"""The commands say what they do, end as they should, and report what is wrong in one line."""

from __future__ import annotations

import os
import pty
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

import bot.training
from bot.cli import main
from bot.serving.application import StartError, bound_socket
from tests.conftest import ROOT, free_port, start_server, wait_until_ready

pytestmark = pytest.mark.long


def test_ctrl_c_stops_the_bot_with_status_zero(model: Path) -> None:
    process = start_server("--port", str(free_port()))
    wait_until_ready(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


def test_make_run_in_a_terminal_ends_with_status_zero_on_ctrl_c(model: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["make", "run", f"PORT={free_port()}"],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_as_controlling_terminal,
    )
    os.close(theirs)
    shown = _read_until(ours, "ready:", 120)
    os.write(ours, b"\x03")
    shown += _read_until(ours, "stopped", 30)
    assert process.wait(30) == 0, shown
    assert "Warning" not in shown
    assert "Traceback" not in shown


def _take_as_controlling_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read_until(terminal: int, expected: str, seconds: float) -> str:
    shown, end = "", time.monotonic() + seconds
    ready = selectors.DefaultSelector()  # select.select takes no descriptor above 1,023
    ready.register(terminal, selectors.EVENT_READ)
    while expected not in shown:
        assert time.monotonic() < end, f"waited {seconds} s for {expected!r}; shown:\n{shown}"
        if ready.select(1):
            try:
                shown += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    return shown


def test_the_rest_webhook_is_off_unless_asked_for(model: Path) -> None:
    port = free_port()
    process = start_server("--port", str(port))
    try:
        wait_until_ready(process)
        answer = requests.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json={"message": "x"}, timeout=10)
        assert answer.status_code == 404
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_taken_port_is_one_clear_line(model: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start_server("--port", str(port))
        printed, _ = process.communicate(timeout=60)
    lines = printed.strip().splitlines()
    assert process.returncode != 0
    assert lines[-1].startswith(f"error: port {port} on 127.0.0.1 cannot be used (Address already in use); stop")
    assert len(lines) == 2


def test_a_missing_model_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bot.training, "MODELS", tmp_path)
    assert main(["run"]) != 0
    assert (
        capsys.readouterr().err
        == "error: there is no trained model; run `make train` (or `python -m bot train`) first\n"
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's files that a test may break."""
    for name in ("bot", "actions", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run_in(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=folder, text=True, capture_output=True, timeout=120, check=False
    )


@pytest.fixture
def trained_copy(model: Path, copy: Path) -> Path:
    """A copy with the model that belongs to it."""
    (copy / "models").symlink_to(model.parent)
    assert run_in(copy, "train").stdout == "model: up to date, nothing to train\n"
    return copy


TRAINED = "from bot.training import trained_model; print(trained_model() is not None)"


def is_trained(folder: Path) -> str:
    command = [sys.executable, "-c", TRAINED]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=60, check=True).stdout.strip()


@pytest.mark.parametrize("file", ["issues.yml", "triage.yml", "institutions.yml", "help_lines.yml"])
def test_changed_knowledge_asks_for_training(trained_copy: Path, file: str) -> None:
    with (trained_copy / "data" / "knowledge" / file).open("a", encoding="utf-8") as knowledge:
        knowledge.write("# changed\n")
    assert is_trained(trained_copy) == "False"


def test_offices_of_the_operator_ask_for_no_training(trained_copy: Path) -> None:
    folder = trained_copy / "data" / "knowledge"
    shutil.copy(folder / "offices.yml", folder / "offices_local.yml")
    assert is_trained(trained_copy) == "True"


@pytest.mark.parametrize("command", [("run", "--port", "0"), ("chat",), ("evaluate", "intents", "rows.jsonl")])
def test_a_model_older_than_the_knowledge_is_one_clear_line(trained_copy: Path, command: "tuple[str, ...]") -> None:
    with (trained_copy / "data" / "knowledge" / "issues.yml").open("a", encoding="utf-8") as issues:
        issues.write("# changed\n")
    result = run_in(trained_copy, *command)
    assert result.returncode == 1
    assert result.stderr.startswith("error: the model is older than what it is made from (")
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


def test_a_wrong_file_of_what_can_be_pressed_is_one_clear_line(trained_copy: Path) -> None:
    (trained_copy / "data" / "channels" / "at_any_time.yml").write_text("talk.person: 人に相談する\n", encoding="utf-8")
    result = run_in(trained_copy, "run", "--port", "0")
    assert result.returncode == 1
    assert result.stderr == (
        "error: the bot cannot start: at_any_time.yml: "
        "expected talk.person, talk.distress, talk.forget, talk.bot, each with its label\n"
    )


def test_a_broken_yaml_file_is_one_clear_line(copy: Path) -> None:
    (copy / "data" / "core.yml").write_text('stories: [\n- "x', encoding="utf-8")
    result = run_in(copy, "train")
    assert result.returncode != 0
    assert result.stderr.startswith("error: the model cannot be trained: data/core.yml: line ")
    assert len(result.stderr.strip().splitlines()) == 1


def test_wrong_knowledge_is_one_clear_line(copy: Path) -> None:
    issues = copy / "data" / "knowledge" / "issues.yml"
    issues.write_text(issues.read_text(encoding="utf-8").replace("to: zeirishi", "to: zeirisi", 1), encoding="utf-8")
    result = run_in(copy, "train")
    assert result.returncode != 0
    assert 'no institution "zeirisi"; did you mean "zeirishi"?' in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_file_of_offices_is_one_clear_line_at_the_start(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKARITSUKE_OFFICES", "/nowhere/offices.yml")
    result = run_in(ROOT, "run", "--port", str(free_port()))
    assert result.returncode == 1
    assert "KAKARITSUKE_OFFICES=/nowhere/offices.yml: the file is missing" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_bot_that_others_can_reach_does_not_start_without_a_secret(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAKARITSUKE_SECRET", raising=False)
    result = run_in(ROOT, "run", "--host", "0.0.0.0", "--port", str(free_port()))
    assert result.returncode == 1
    assert result.stderr.startswith(
        "error: KAKARITSUKE_SECRET is not set, and 0.0.0.0 can be reached by others; set it"
    )
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_bot_at_every_address_does_not_start_without_the_one_that_owners_use(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_SECRET", "s" * 32)
    result = run_in(ROOT, "run", "--host", "0.0.0.0", "--port", str(free_port()))
    assert result.returncode == 1
    assert result.stderr.startswith("error: the bot cannot start: KAKARITSUKE_PUBLIC_URL: expected a name under which")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_setting_of_the_website_that_makes_no_sense_is_one_clear_line(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKARITSUKE_WEB_ORIGINS", "*")
    result = run_in(ROOT, "run", "--port", str(free_port()))
    assert result.returncode == 1
    assert result.stderr.startswith("error: the bot cannot start: KAKARITSUKE_WEB_ORIGINS: expected addresses")
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("KAKARITSUKE_STORE", os.fsdecode(b"/tmp/\xff/store.sqlite"), "expected text in UTF-8"),
        ("KAKARITSUKE_STORE", "/tmp", "expected a file or postgresql://…, found the folder /tmp"),
        ("KAKARITSUKE_OFFICES", os.fsdecode(b"/tmp/\xff.yml"), "expected text in UTF-8"),
    ],
    ids=ascii,
)
def test_a_setting_that_names_no_path_is_one_clear_line(
    model: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(setting, value)
    result = run_in(ROOT, "run", "--port", str(free_port()))
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: the bot cannot start: {setting}: {said}")
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("path", ["/nowhere/report.json", "/tmp", os.fsdecode(b"/tmp/\xff/x.json")], ids=ascii)
def test_a_report_that_cannot_be_written_is_one_clear_line_before_anything_is_measured(
    path: str,
) -> None:
    result = run_in(ROOT, "evaluate", "triage", "--json", path)
    assert result.returncode == 1
    assert "no file can be written there" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none_is_one_clear_line(port: str) -> None:
    with pytest.raises(StartError, match="port must be 0-65535"):
        bound_socket("127.0.0.1", int(port))


def test_a_threshold_that_is_missing_is_one_clear_line(copy: Path) -> None:
    config = copy / "config.yml"
    config.write_text(re.sub(r"\n  sure: .*", "", config.read_text(encoding="utf-8")), encoding="utf-8")
    result = run_in(copy, "train")
    assert result.returncode != 0
    assert result.stderr.startswith("error: the model cannot be trained: ")
    assert "TurnPolicy.sure" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_training_twice_trains_once(model: Path) -> None:
    result = run_in(ROOT, "train")
    assert (result.returncode, result.stdout) == (0, "model: up to date, nothing to train\n")


def test_the_terminal_chat_takes_numbers_and_ends_with_the_input(model: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        cwd=ROOT,
        input="こんにちは\n７\n",
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0
    assert "1. 新しく商売を始めたい" in result.stdout
    assert "会社やお店の引き継ぎについてのご相談ですね。" in result.stdout
    assert result.stderr == ""
