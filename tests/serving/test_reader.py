"""The console asks the model that serves: how it reads a message at its place, what is like it, what may be a name."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent

from bot.serving.reader import ServingModel, names_in
from bot.store import ProposedMove, Stood

WHERE = Stood("prefecture", ("言わずに進む",), "資金繰り", "lending")


@pytest.fixture
def reader(bot: Agent) -> ServingModel:
    return ServingModel(lambda: bot)


async def test_a_message_is_read_at_its_place(reader: ServingModel) -> None:
    where, sheet = (
        await reader.read("埼玉です", WHERE),
        await reader.read("はい", Stood("sheet", ("はい、作ります", "いいえ"))),
    )
    assert where is not None and ProposedMove("fact", (("slot", "prefecture"), ("value", "埼玉県"))) in where.moves
    assert sheet is not None and sheet.moves[0].move in ("yes", "pick")


async def test_an_opening_is_read_with_its_intent_and_sub_issue(reader: ServingModel) -> None:
    read = await reader.read("銀行からお金を借りたい", Stood("open"))
    assert read is not None and (read.intent, read.sub_issue) == ("資金繰り", "lending")


async def test_there_is_nothing_to_read_with_before_the_model_is_there() -> None:
    assert await ServingModel(lambda: None).read("はい", WHERE) is None


async def test_what_means_nearly_the_same_is_more_alike_and_each_is_compared_with_itself_as_one(
    reader: ServingModel,
) -> None:
    words = "家賃が払えなくて困っています"
    same, near, far = await reader.likeness(words, [words, "家賃を払うお金がありません", "息子に店を継がせたい"])
    assert same == pytest.approx(1.0, abs=1e-4)
    assert near > 0.6 > far


async def test_more_than_are_compared_at_once_are_compared_each(reader: ServingModel) -> None:
    likeness = await reader.likeness("一番の話", [f"{number}番目の話" for number in range(20)])
    assert len(likeness) == 20 and len(set(likeness)) > 10


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("田中さんに断られた", ("田中",)),
        ("太郎に継がせたい", ("太郎",)),
        ("トヨタの下請けです", ("トヨタ",)),
        ("新宿の店で、お客さんが減った", ()),
        ("税理士さんに断られた", ()),
    ],
)
def test_names_of_people_and_firms_are_found_and_others_are_not(words: str, names: "tuple[str, ...]") -> None:
    assert names_in(words) == names
