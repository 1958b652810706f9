"""desk.yml: whoever runs the window is read as written, and told where the file is wrong and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import KnowledgeError, OperatorsDesk, Window, load_knowledge
from bot.operator.environment import for_a_while
from bot.operator.window import DESK_FILE, desk_file
from tests.conftest import ROOT

EXAMPLE = ROOT / "data" / "examples" / "desk.yml"
LEAST = """
name: みどり野商工会議所
kind: cci
area: {prefecture: 福島県, municipalities: [みどり野市]}
phones: [{number: 0000-00-0000, hours: 平日9時から17時}]
"""


def window(path: Path) -> Window:
    found = load_knowledge(desk=OperatorsDesk(path, path.name)).window
    assert found is not None
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.yml"


def test_the_example_is_read_whole() -> None:
    found = window(EXAMPLE)
    assert (found.institution_id, found.area) == ("cci", "福島県みどり野市")
    assert found.phones[0].number == "0000-00-0000"
    assert found.handles == ("創業", "販路開拓", "資金繰り", "事業承継")


def test_the_example_is_the_chamber_of_the_example_page() -> None:
    page = (ROOT / "bot" / "web" / "example" / "index.html").read_text(encoding="utf-8")
    assert window(EXAMPLE).name.split()[0] in page
    assert (window(EXAMPLE).address or "") in page


def test_four_lines_are_enough(file: Path) -> None:
    file.write_text(LEAST, encoding="utf-8")
    assert window(file).notices == ()


def test_without_a_file_the_bot_speaks_for_no_window() -> None:
    assert load_knowledge().window is None
    with for_a_while(**{DESK_FILE: ""}):
        assert desk_file() is None


def test_the_environment_names_the_file() -> None:
    with for_a_while(**{DESK_FILE: "/nowhere/desk.yml"}):
        named = desk_file()
    assert named is not None
    with pytest.raises(KnowledgeError, match="KAKARITSUKE_DESK=/nowhere/desk.yml: the file is missing"):
        load_knowledge(desk=OperatorsDesk(named.path, named.called))


def test_who_is_in_its_area() -> None:
    found = window(EXAMPLE)
    assert found.serves(None, None)
    assert found.serves("福島県", None)
    assert found.serves("福島県", "みどり野市")
    assert not found.serves("福島県", "会津若松市")
    assert not found.serves("宮城県", None)


@pytest.mark.parametrize(
    ("day", "told"), [("2026-12-20", 0), ("2026-12-21", 1), ("2027-01-03", 1), ("2027-01-04", 0), (None, 0)]
)
def test_a_notice_is_told_from_its_first_day_to_its_last(day: "str | None", told: int) -> None:
    assert len(window(EXAMPLE).notes_on(date.fromisoformat(day) if day else None)) == told


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (LEAST.replace("cci", "ccii"), 'kind: no institution "ccii"; did you mean "cci"?'),
        (LEAST.replace("福島県", "福島"), 'area.prefecture: no prefecture "福島"; did you mean "福島県"?'),
        (LEAST + "handles: [お金]", "handles: no issue"),
        (LEAST.replace("0000-00-0000", "0000(00)0000"), "expected a number such as 024-000-0000 in half-width digits"),
        (LEAST.replace("みどり野市", "伊達郡川俣町"), "expected a municipality without its county"),
        (LEAST.replace("phones", "phone"), "phones: is missing; expected it as in data/examples/desk.yml"),
        (LEAST + "tel: 0000-00-0000", "tel: there is no such key"),
        (LEAST + "appointment: www.example.jp", "appointment: "),
        (
            LEAST + "notices: [{from: 2027-01-03, until: 2026-12-29, text: お休みです。}]",
            "expected `from` before `until`, found 2027-01-03 and 2026-12-29",
        ),
        (LEAST + "notices: [{from: 正月, until: 2026-12-29, text: お休みです。}]", "expected a day such as 2026-11-22"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_to_do(file: Path, written: str, said: str) -> None:
    file.write_text(written, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        window(file)
    assert str(caught.value).startswith("desk.yml: ")
    assert said in str(caught.value)
