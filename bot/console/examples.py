"""The files that the bot learns from, as the review adds to them: a row at its place, the rest byte for byte as it was.

Messages in their place go into data/turns, by what waited; what opens the talk with one plain thing into data/nlu.
"""

from __future__ import annotations

import difflib
import json
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

import yaml

from bot.console.fit import rules
from bot.console.whole_files import text_of, write_whole
from bot.consult.place import Waiting
from bot.days import day_in_japan
from bot.nlu.turn_rows import TurnRowError, rows_of_folder
from bot.normalization import bare
from bot.store import Example, Proposal, ProposedMove, Written

TURNS, NLU = "turns", "nlu"
# Moves by which a message that opens the talk is an example of an intent, beside the worries, which are intents.
_INTENTS = {
    "distress": "distress",
    "greets": "greet",
    "starts_over": "restart",
    "stops": "goodbye",
    "thanks": "thank",
    "wants_person": "ask_human",
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEGINS_AN_EXAMPLE = "    - "
_OWNER = "  owner: "
_NAME = 6  # characters of the proposal's name that tell its rows from others
_CONTEXT = 3
_HELD_OUT, _LONG_ENOUGH_TO_COMPARE = "evaluation", 8
_WORDS_OF_A_ROW = ("owner", "text")
_PLAIN = "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"


class ExamplesError(Exception):
    """A file is not as it should be, or was changed meanwhile; the message names it. Nothing was written."""


class ReadOnlyError(Exception):
    """A file cannot be written here; none was."""


@dataclass(frozen=True)
class Change:
    """A file, below data/, before and after."""

    file: str
    before: str
    after: str

    @property
    def lines(self) -> Tuple[str, ...]:
        """The lines that differ, some that do not around them, as a patch for the repository."""
        name = f"data/{self.file}"
        sides = (self.before.splitlines(), self.after.splitlines())
        return tuple(difflib.unified_diff(*sides, f"a/{name}", f"b/{name}", n=_CONTEXT, lineterm=""))


@dataclass(frozen=True)
class Contradiction:
    """The same words at the same place, with other moves: in which line of which file, and what is said there."""

    file: str
    line: int
    words: str
    moves: Tuple[ProposedMove, ...]


@dataclass(frozen=True)
class Planned:
    """What is to be written: the text for each proposal, and the files as they will be."""

    written: Tuple[Written, ...]
    changes: Tuple[Change, ...]


@dataclass(frozen=True)
class _Row:
    line: int
    content: Mapping[str, Any]


class Examples:
    """The training data in a folder (`data`). Reading a file takes up to 0.6 s; it is remembered while it stays so."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: Dict[Path, Tuple[Tuple[int, int], Tuple[_Row, ...]]] = {}
        self._lock = threading.Lock()

    @property
    def can_be_written(self) -> bool:
        """Whether the folders look as if they could be written; what cannot after all is said when it is tried."""
        return all(os.access(self._data / folder, os.W_OK) for folder in (TURNS, NLU))

    def file_of(self, example: Example) -> str:
        """The file, below data/, that an example belongs into."""
        intent = intent_of(example)
        return f"{NLU}/{intent}.yml" if intent is not None else f"{TURNS}/{example.stood.waiting}.yml"

    def has(self, example: Example) -> bool:
        """Whether the same example is there already."""
        intent = intent_of(example)
        if intent is not None:
            section = _section_of(self._text(self.file_of(example)), intent, _sub_issue_of(example))
            return section is not None and f"{_BEGINS_AN_EXAMPLE}{example.words}" in section.lines
        wanted = _what_it_teaches(_row_of(example, ""))
        return any(_what_it_teaches(row.content) == wanted for row in self._rows(self.file_of(example)))

    def is_held_out(self, words: str) -> bool:
        """Whether the bot is measured by these words: they must not be learnt from."""
        wanted = bare(words)
        if len(wanted) < _LONG_ENOUGH_TO_COMPARE:
            return False
        return any(wanted in _held_out_in(path) for path in sorted((self._data / _HELD_OUT).glob("*.jsonl")))

    def contradictions(self, example: Example) -> Tuple[Contradiction, ...]:
        """Where the same words stand at the same place with other moves; of an opening, under another intent."""
        in_turns = self._against_turns(example)
        opens = example.stood.waiting == Waiting.OPEN.value
        return (*in_turns, *(self._against_intents(example) if opens else ()))

    def planned(self, proposals: Sequence[Proposal]) -> Planned:
        """What writing them does, without writing. Raises ExamplesError where the files are not as they should be."""
        before: Dict[str, str] = {}
        after: Dict[str, str] = {}
        written: List[Written] = []
        for proposal in proposals:
            file = self.file_of(proposal.example)
            before.setdefault(file, self._text(file))
            added, text = _with(after.get(file, before[file]), file, proposal)
            after[file] = added
            written.append(Written(file, text))
        changes = tuple(Change(file, before[file], after[file]) for file in before)
        for change in changes:
            of_it = [proposal for proposal, one in zip(proposals, written, strict=True) if one.file == change.file]
            _check(change, of_it)
        return Planned(tuple(written), changes)

    def carry_out(self, planned: Planned) -> None:
        """Write what was planned. Raises ExamplesError where a file was changed since, ReadOnlyError."""
        for change in planned.changes:
            if self._text(change.file) != change.before:
                raise ExamplesError(change.file)
        done: List[Change] = []
        try:
            for change in planned.changes:
                self._put(change.file, change.after)
                done.append(change)
        except OSError as error:
            for change in done:
                self._put(change.file, change.before)
            raise ReadOnlyError(str(error)) from error

    def is_as_after(self, change: Change) -> bool:
        """Whether a file is as the change left it."""
        return self._text(change.file) == change.after

    def without(self, proposals: Sequence[Proposal]) -> Planned:
        """What it is to take out again what was written for them; what somebody took out by hand is out already."""
        before: Dict[str, str] = {}
        after: Dict[str, str] = {}
        for proposal in proposals:
            written = proposal.written
            if written is None:
                continue
            file = written.file
            before.setdefault(file, self._text(file))
            after[file] = _taken_out(after.get(file, before[file]), proposal.example, written.text)
        changes = tuple(Change(file, before[file], after[file]) for file in before if before[file] != after[file])
        return Planned((), changes)

    def _text(self, file: str) -> str:
        try:
            return text_of(self._data / file)
        except (OSError, UnicodeDecodeError) as error:
            raise ExamplesError(file) from error

    def _put(self, file: str, text: str) -> None:
        write_whole(self._data / file, text)

    def _rows(self, file: str) -> Tuple[_Row, ...]:
        """The rows of a file of data/turns."""
        path = self._data / file
        try:
            state = (path.stat().st_mtime_ns, path.stat().st_size)
        except OSError as error:
            raise ExamplesError(file) from error
        with self._lock:
            if self._known.get(path, ((0, 0), ()))[0] != state:
                self._known[path] = (state, _rows_in(file, self._text(file)))
            return self._known[path][1]

    def _against_turns(self, example: Example) -> List[Contradiction]:
        file, words = f"{TURNS}/{example.stood.waiting}.yml", bare(example.words)
        found = []
        for row in self._rows(file):
            moves = tuple(map(_as_move, row.content["moves"]))
            same_words = len(row.content["owner"]) <= 2 * len(example.words) and bare(row.content["owner"]) == words
            if same_words and _told(moves) != _told(example.moves) and _is_one_place(row.content, example, moves):
                found.append(Contradiction(file, row.line, row.content["owner"], moves))
        return found

    def _against_intents(self, example: Example) -> List[Contradiction]:
        words, intent, sub_issue = bare(example.words), intent_of(example), _sub_issue_of(example)
        found = []
        for path in sorted((self._data / NLU).glob("*.yml")):
            file = f"{NLU}/{path.name}"
            for section in _sections_in(self._text(file)):
                if (section.intent, section.sub_issue) == (intent, sub_issue) or section.kind:
                    continue
                for number, line in enumerate(section.lines, start=section.first_line):
                    said = line[len(_BEGINS_AN_EXAMPLE) :]
                    if len(said) <= 2 * len(example.words) and bare(said) == words:
                        found.append(Contradiction(file, number, said, (_move_of(section),)))
        return found


def intent_of(example: Example) -> Optional[str]:
    """The intent that an example is one of; None where it is a row of data/turns."""
    if example.stood.waiting != Waiting.OPEN.value or len(example.moves) != 1:
        return None
    [move] = example.moves
    return dict(move.about).get("issue") if move.move == "problem" else _INTENTS.get(move.move)


def is_same(one: Sequence[ProposedMove], other: Sequence[ProposedMove]) -> bool:
    """Whether they are the same moves, in whatever order."""
    return _told(one) == _told(other)


def _told(moves: Sequence[ProposedMove]) -> FrozenSet[Tuple[str, FrozenSet[Tuple[str, str]]]]:
    told = ((move.move, frozenset(pair for pair in move.about if pair[0] != "institution")) for move in moves)
    return frozenset(told)


def _is_one_place(row: Mapping[str, Any], example: Example, moves: Sequence[ProposedMove]) -> bool:
    """What is picked depends on what is offered; anything else means the same whatever that is."""
    picks = any(move.move == "pick" for move in (*moves, *example.moves))
    return not picks or tuple(row.get("offered") or ()) == example.stood.offered


def _as_move(written: Mapping[str, Any]) -> ProposedMove:
    about = tuple((name, str(value)) for name, value in written.items() if name != "move")
    return ProposedMove(str(written["move"]), about)


def _move_of(section: "_Section") -> ProposedMove:
    for move, intent in _INTENTS.items():
        if intent == section.intent:
            return ProposedMove(move)
    sub_issue = (("sub_issue", section.sub_issue),) if section.sub_issue else ()
    return ProposedMove("problem", (("issue", section.intent), *sub_issue))


def _sub_issue_of(example: Example) -> Optional[str]:
    return dict(example.moves[0].about).get("sub_issue")


# A file of data/turns


def _rows_in(file: str, text: str) -> Tuple[_Row, ...]:
    try:
        read = yaml.load(text, Loader=_LOADER)["turns"]
        lines = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith(_OWNER)]
        return tuple(_Row(line, row) for line, row in zip(lines, read, strict=True))
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ExamplesError(file) from error


def _row_of(example: Example, voice: str) -> Dict[str, Any]:
    """The row as it is read from the file, in the order of its lines; what there is none of is left out."""
    stood = example.stood
    row = {
        "voice": voice,
        "bot": example.bot,
        "offered": list(stood.offered),
        "issue": stood.issue,
        "sub_issue": stood.sub_issue,
        "road": list(stood.road),
        "owner": example.words,
    }
    moves = [{"move": move.move, **_arguments(move)} for move in example.moves]
    return {**{name: value for name, value in row.items() if value}, "moves": moves}


def _what_it_teaches(row: Mapping[str, Any]) -> Dict[str, Any]:
    """A row without who said it, and how we had asked."""
    return {name: value for name, value in row.items() if name not in ("voice", "bot")}


def _arguments(move: ProposedMove) -> Dict[str, Any]:
    return {name: int(value) if name == "n" else value for name, value in move.about}


def _block(row: Mapping[str, Any]) -> str:
    """A row in the format of the files."""
    lines = [f"- voice: {_scalar(row['voice'])}"]
    for name, value in row.items():
        if name in ("bot", "owner"):
            lines.append(f"  {name}: {_quoted(value)}")
        elif name in ("offered", "road"):
            lines.append(f"  {name}: [{', '.join(map(_scalar, value))}]")
        elif name in ("issue", "sub_issue"):
            lines.append(f"  {name}: {_scalar(value)}")
    lines.append("  moves:")
    for move in row["moves"]:
        lines.append(f"  - {{{', '.join(f'{name}: {_scalar(value)}' for name, value in move.items())}}}")
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scalar(value: Any) -> str:
    """A value within brackets: plain where YAML reads it back as it is, else in quotes."""
    if not isinstance(value, str):
        return str(value)
    is_plain = all(character in _PLAIN or ord(character) > 0x3000 or character in " ・" for character in value)
    if is_plain and value == value.strip() and yaml.load(value, Loader=_LOADER) == value:
        return value
    return _quoted(value)


# A file of data/nlu


@dataclass(frozen=True)
class _Section:
    """The examples of an intent with one kind of metadata: their lines, the first of which has a number from 1."""

    intent: str
    sub_issue: Optional[str]
    kind: Optional[str]
    first_line: int
    lines: Tuple[str, ...]

    @property
    def end(self) -> int:
        """The number of the line behind the last example."""
        return self.first_line + len(self.lines)


def _sections_in(text: str) -> Tuple[_Section, ...]:
    lines = text.split("\n")
    sections = []
    for number, line in enumerate(lines):
        if line != "  examples: |":
            continue
        first = number + 1
        last = first
        while last < len(lines) and lines[last].startswith(_BEGINS_AN_EXAMPLE):
            last += 1
        begin = next(at for at in range(number, -1, -1) if lines[at].startswith("- intent: "))
        [head] = yaml.load("\n".join(lines[begin:number]), Loader=_LOADER)
        metadata = head.get("metadata") or {}
        of_it = (str(head["intent"]), metadata.get("sub_issue"), metadata.get("kind"))
        sections.append(_Section(*of_it, first + 1, tuple(lines[first:last])))
    return tuple(sections)


def _section_of(text: str, intent: str, sub_issue: Optional[str]) -> Optional[_Section]:
    wanted = (intent, sub_issue, None)
    return next((s for s in _sections_in(text) if (s.intent, s.sub_issue, s.kind) == wanted), None)


def _held_out_in(path: Path) -> FrozenSet[str]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return frozenset(bare(row[name]) for row in rows for name in _WORDS_OF_A_ROW if isinstance(row.get(name), str))


# Adding and checking


def _with(text: str, file: str, proposal: Proposal) -> Tuple[str, str]:
    """The text of a file with the example in it, and what was put in. What is there already is not put in twice."""
    example = proposal.example
    intent = intent_of(example)
    if not text.endswith("\n"):
        raise ExamplesError(file)
    if intent is None:
        block = _block(_row_of(example, voice_of(proposal)))
        return (text if f"\n{block}" in text else text + block), block
    section = _section_of(text, intent, _sub_issue_of(example))
    if section is None:
        raise ExamplesError(file)
    line = f"{_BEGINS_AN_EXAMPLE}{example.words}"
    if line in section.lines:
        return text, f"{line}\n"
    lines = text.split("\n")
    lines.insert(section.end - 1, line)
    return "\n".join(lines), f"{line}\n"


def _taken_out(text: str, example: Example, written: str) -> str:
    """The text of a file without what was written into it for an example."""
    intent = intent_of(example)
    if intent is None:
        start = text.rfind(f"\n{written}") + 1
        return text[:start] + text[start + len(written) :] if start else text
    section = _section_of(text, intent, _sub_issue_of(example))
    line = written.rstrip("\n")
    if section is None or line not in section.lines:
        return text
    lines = text.split("\n")
    del lines[section.first_line - 1 + section.lines.index(line)]
    return "\n".join(lines)


def voice_of(proposal: Proposal) -> str:
    """By what its rows can be found again: the day on which it was proposed, and a part of its name; nobody's name."""
    return rules().voice.format(day=day_in_japan(proposal.at).isoformat(), name=proposal.together[:_NAME])


def _check(change: Change, proposals: Sequence[Proposal]) -> None:
    """Raises ExamplesError unless the file is read back as it was, with our examples and nothing else beside them."""
    try:
        before, after = (yaml.load(text, Loader=_LOADER) for text in (change.before, change.after))
        if change.file.startswith(NLU):
            wanted = _with_in_sections(before, [proposal.example for proposal in proposals])
        else:
            new = [_row_of(proposal.example, voice_of(proposal)) for proposal in proposals]
            wanted = {"turns": [*before["turns"], *(row for row in new if row not in before["turns"])]}
            _check_can_be_learnt(change.file, proposals)
        if after != wanted:
            raise ExamplesError(change.file)
    except (yaml.YAMLError, KeyError, TypeError, TurnRowError) as error:
        raise ExamplesError(change.file) from error


def _with_in_sections(content: Mapping[str, Any], examples: Sequence[Example]) -> Dict[str, Any]:
    sections = [dict(section) for section in content["nlu"]]
    for example in examples:
        of_it = (intent_of(example), _sub_issue_of(example), None)
        for section in sections:
            metadata = section.get("metadata") or {}
            if (section["intent"], metadata.get("sub_issue"), metadata.get("kind")) == of_it:
                line = f"- {example.words}\n"
                if line not in section["examples"].splitlines(keepends=True):
                    section["examples"] += line
    return {**content, "nlu": sections}


def _check_can_be_learnt(file: str, proposals: Sequence[Proposal]) -> None:
    """Raises TurnRowError where the training would not take the rows."""
    with tempfile.TemporaryDirectory() as folder:
        rows = "".join(_block(_row_of(proposal.example, voice_of(proposal))) for proposal in proposals)
        (Path(folder) / Path(file).name).write_text(f"turns:\n{rows}", encoding="utf-8")
        rows_of_folder(Path(folder))
