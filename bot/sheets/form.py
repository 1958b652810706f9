"""What the owner wrote on the edit page, made into a sheet: plain text, checked against the room on paper."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Dict, Mapping, Sequence, Tuple

from bot.masking import masked
from bot.normalization import readable
from bot.sheets.shape import FACT, MOST_QUESTIONS, NOTE, QUESTION, SITUATION, TRIED, Line, Room, Sheet, Stop

Form = Mapping[str, Sequence[str]]

FACTS = ("prefecture", "municipality", "industry", "workers", "stage")
ROOMS: Mapping[str, Room] = {
    "situation": SITUATION,
    "tried": TRIED,
    "note": NOTE,
    **dict.fromkeys(FACTS, FACT),
}
QUESTIONS = "question"
STOPS = "stop"
TOO_LONG = "too_long"
TOO_MANY_LINES = "too_many_lines"
NONE_LEFT = "none_left"


@dataclass(frozen=True)
class Edited:
    """The sheet as its owner wrote it, and the problems by field, in the order of the page; none where it fits."""

    sheet: Sheet
    problems: Mapping[str, str]


def edited(sheet: Sheet, form: Form) -> Edited:
    """The sheet with what the form says. Lines and institutions that are not ticked are left out, but not forgotten."""
    texts: Dict[str, Any] = {name: _plain(form, name) for name in ROOMS}
    questions = [_one_line(text) for text in form.get(QUESTIONS, ())][:MOST_QUESTIONS]
    after = replace(
        sheet,
        **texts,
        shortened=False,
        questions=tuple(question for question in questions if question),
        also=_ticked(sheet.also, form.get("also", ())),
        bring=_ticked(sheet.bring, form.get("bring", ())),
        stops=_kept(sheet.stops, form.get(STOPS, ())),
    )
    return Edited(after, _problems(texts, questions, after.stops))


def _problems(texts: Mapping[str, str], questions: Sequence[str], stops: Sequence[Stop]) -> Dict[str, str]:
    found = {}
    for name, text in texts.items():
        if len(text) > ROOMS[name].characters:
            found[name] = TOO_LONG
        elif not ROOMS[name].holds(text):
            found[name] = TOO_MANY_LINES
    for number, question in enumerate(questions, start=1):
        if not QUESTION.holds(question):
            found[f"{QUESTIONS}-{number}"] = TOO_LONG
    if not any(stop.kept for stop in stops):
        found[STOPS] = NONE_LEFT
    return found


def _plain(form: Form, name: str) -> str:
    text = "\n".join(readable(line).strip() for line in "".join(form.get(name, ())[:1]).splitlines())
    whole = masked(unicodedata.normalize("NFC", text).strip())
    return " ".join(whole.split()) if name in FACTS else whole


def _one_line(text: str) -> str:
    return masked(unicodedata.normalize("NFC", " ".join(readable(text).split())))


def _ticked(lines: Tuple[Line, ...], ticked: Sequence[str]) -> Tuple[Line, ...]:
    return tuple(replace(line, kept=str(number) in ticked) for number, line in enumerate(lines))


def _kept(stops: Tuple[Stop, ...], ticked: Sequence[str]) -> Tuple[Stop, ...]:
    return tuple(replace(stop, kept=str(number) in ticked) for number, stop in enumerate(stops))
