"""Institutions and offices leave as HSDS 3.0, which other directories can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from bot.cli import main
from bot.knowledge import Knowledge
from bot.knowledge.hsds import service_package

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def services(knowledge: Knowledge) -> List[Dict[str, Any]]:
    return service_package(knowledge)


def faults(schema: Any, package: Any) -> List[str]:
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(package)]


def restated() -> Any:
    return yaml.safe_load((HERE / "hsds_3_0.yml").read_text(encoding="utf-8"))


def test_the_export_is_what_hsds_asks_for(services: List[Dict[str, Any]]) -> None:
    assert faults(restated(), services) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "cci"}, "is not a 'uuid'"),
        ({"status": "open"}, "is not one of"),
        ({"descripton": "x"}, "Additional properties"),
        ({"url": "www.jcci.or.jp"}, "does not match"),
        ({"organization": {"name": "x"}}, "is a required property"),
    ],
)
def test_what_hsds_does_not_allow_is_found(services: List[Dict[str, Any]], change: Dict[str, Any], said: str) -> None:
    assert said in " ".join(faults(restated(), [{**services[0], **change}]))


def test_every_institution_and_every_office_is_in_the_export(
    services: List[Dict[str, Any]], knowledge: Knowledge
) -> None:
    assert [service["organization"]["name"] for service in services] == [
        i.name for i in knowledge.institutions.values()
    ]
    places = {place["location"]["name"] for service in services for place in service.get("service_at_locations", [])}
    assert places == {office.name for office in knowledge.offices}


def test_a_number_leaves_only_where_it_was_verified(services: List[Dict[str, Any]], knowledge: Knowledge) -> None:
    numbers = [phone["number"] for service in services for phone in service.get("phones", [])]
    assert numbers == [i.phone.number for i in knowledge.institutions.values() if i.phone]


def test_every_service_says_where_it_is_from_and_when_that_was_checked(services: List[Dict[str, Any]]) -> None:
    assert [
        s["name"] for s in services if not s["assured_date"] or not any("value" in a for a in s["attributes"])
    ] == []


def ids_in(part: Any) -> Iterator[str]:
    """The ids of all objects but taxonomy terms, which several services share."""
    if isinstance(part, list):
        for item in part:
            yield from ids_in(item)
    elif isinstance(part, dict):
        yield part["id"]
        for name, value in part.items():
            if name != "taxonomy_term":
                yield from ids_in(value)


def test_no_two_things_have_the_same_id(services: List[Dict[str, Any]]) -> None:
    ids = list(ids_in(services))
    assert len(set(ids)) == len(ids)


def test_a_second_export_has_the_same_ids(services: List[Dict[str, Any]], knowledge: Knowledge) -> None:
    assert service_package(knowledge) == services


def test_the_command_writes_the_file(tmp_path: Path, services: List[Dict[str, Any]]) -> None:
    out = tmp_path / "hsds.json"
    assert main(["export", "hsds", "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == services


def test_the_command_prints_where_no_file_is_named(
    capsys: pytest.CaptureFixture[str], services: List[Dict[str, Any]]
) -> None:
    assert main(["export", "hsds"]) == 0
    assert json.loads(capsys.readouterr().out) == services


def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "hsds", "--out", str(tmp_path / "missing" / "hsds.json")]) == 1
    assert capsys.readouterr().err.startswith("error: the export cannot be written: ")
