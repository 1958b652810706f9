"""Conversations as files have them: a trial written down as a test, and a test whose expectations are put right.

Files keep their text and their comments; only what is added or put right changes.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import yaml

from bot.console.engine import Difference
from bot.consult.scene import EffectKind
from bot.messages import Referral
from bot.store import TurnRecord

LONGEST_FILE, LONGEST_TITLE, LONGEST_REASON = 30, 60, 200
_CONTEXT = 3
_WIDE = 100_000  # words of an owner stand in one line
# Letters of any language, digits and the marks of Japanese words: nothing that leads out of the folder.
_FILE = re.compile(rf"[\w々ー・]{{1,{LONGEST_FILE}}}")
_STORIES = 'version: "3.1"\nstories:\n'
_SLOTS = ("issue", "sub_issue", "prefecture")


class WrittenTalkError(Exception):
    """A file is no file of conversations, was changed meanwhile, or cannot be written; the message names it."""


@dataclass(frozen=True)
class WrittenTalk:
    """A conversation of tests/dialogues: the name of its file without .yml, its place there from 0, and its lines."""

    file: str
    number: int
    title: str
    lines: Tuple[Mapping[str, Any], ...]

    @property
    def owners(self) -> Tuple[str, ...]:
        """What its owner says."""
        return tuple(str(line["owner"]) for line in self.lines if "owner" in line)


@dataclass(frozen=True)
class Change:
    """A file, by its path in the repository, before and after; empty before where there was none."""

    name: str
    path: Path
    before: str
    after: str

    @property
    def lines(self) -> Tuple[str, ...]:
        """The lines that differ, and some that do not around them."""
        sides = (self.before.splitlines(), self.after.splitlines())
        return tuple(difflib.unified_diff(*sides, n=_CONTEXT, lineterm=""))[2:]

    @property
    def seal(self) -> str:
        """By what it is known again: who writes it writes what they were shown."""
        return hashlib.sha256(f"{self.name}\0{self.before}\0{self.after}".encode()).hexdigest()[:32]

    def taken_back(self) -> Change:
        """The change that makes it as it was."""
        return Change(self.name, self.path, self.after, self.before)

    def write(self) -> None:
        """Write the file whole or not at all. Raises WrittenTalkError where it was changed since, or cannot be."""
        try:
            if _text_of(self.path) != self.before:
                raise WrittenTalkError(self.name)
            if not self.after:
                self.path.unlink()
                return
            new = self.path.with_name(f".{self.path.name}.new")
            with new.open("w", encoding="utf-8", newline="") as opened:
                opened.write(self.after)
                opened.flush()
                os.fsync(opened.fileno())
            if self.path.exists():
                new.chmod(self.path.stat().st_mode & 0o777)
            new.replace(self.path)
        except OSError as error:
            raise WrittenTalkError(self.name) from error


@dataclass(frozen=True)
class WrittenStory:
    """A story of data/stories, at its place in its file from 0; `text` is a file with it alone."""

    file: str
    number: int
    title: str
    text: str


class WrittenTalks:
    """The conversations below a folder, which may not be there: the tests are not installed everywhere."""

    def __init__(self, dialogues: Path, stories: Path) -> None:
        self._dialogues = dialogues
        self._stories = stories

    @property
    def are_here(self) -> bool:
        """Whether there is a folder with conversations."""
        return self._dialogues.is_dir()

    @property
    def can_be_written(self) -> bool:
        """Whether the folders look as if they could be written."""
        return self.are_here and os.access(self._dialogues, os.W_OK) and os.access(self._stories, os.W_OK)

    def files(self) -> Tuple[str, ...]:
        """The names of the files, without .yml."""
        return tuple(sorted(path.stem for path in self._dialogues.glob("*.yml")))

    def talks(self, file: str) -> Tuple[WrittenTalk, ...]:
        """The conversations of a file; none where there is no such file. Raises WrittenTalkError."""
        if file not in self.files():
            return ()
        path = self._dialogues / f"{file}.yml"
        try:
            entries = _parsed(path)
            return tuple(
                WrittenTalk(file, number, str(entry["title"]), tuple(entry["say"]))
                for number, entry in enumerate(entries)
            )
        except (KeyError, TypeError) as error:
            raise WrittenTalkError(path.name) from error

    def talk(self, file: str, number: int, title: str) -> Optional[WrittenTalk]:
        """One of them; None where another stands there by now."""
        found = self.talks(file)
        return found[number] if number < len(found) and found[number].title == title else None

    def story_files(self) -> Tuple[str, ...]:
        """The names of the files with stories, without .yml."""
        return tuple(sorted(path.stem for path in self._stories.glob("*.yml")))

    def stories(self, file: str) -> Tuple[WrittenStory, ...]:
        """The stories of a file; none where there is no such file. Raises WrittenTalkError."""
        if file not in self.story_files():
            return ()
        path = self._stories / f"{file}.yml"
        try:
            entries = _parsed(path)["stories"]
            return tuple(
                WrittenStory(file, number, str(entry["story"]), f"{_STORIES}{_dumped([entry])}")
                for number, entry in enumerate(entries)
            )
        except (KeyError, TypeError) as error:
            raise WrittenTalkError(path.name) from error

    def with_dialogue(self, file: str, title: str, note: str, turns: Sequence[TurnRecord]) -> Change:
        """The file with one more conversation behind the others. Raises WrittenTalkError."""
        path = self._dialogues / f"{file}.yml"
        before = _text(path)
        added = f"{_comment(note)}{_dumped([{'title': title, 'say': lines_of(turns)}])}"
        change = Change(f"tests/dialogues/{path.name}", path, before, _behind(before, added))
        _check(path, change, lambda read: read[-1] == {"title": title, "say": lines_of(turns)})
        return change

    def with_story(self, file: str, title: str, note: str, turns: Sequence[TurnRecord]) -> Change:
        """The file with one more story behind the others. Raises WrittenTalkError."""
        path = self._stories / f"{file}.yml"
        before = _text(path)
        added = f"{_comment(note)}{_dumped([story_of(title, turns)])}"
        change = Change(f"data/stories/{path.name}", path, before, _behind(before or _STORIES, added))
        _check(path, change, lambda read: read["stories"][-1] == story_of(title, turns))
        return change

    def put_right(self, talk: WrittenTalk, differences: Sequence[Difference], note: str) -> Change:
        """The file in which what is expected of a conversation is what it does now. Raises WrittenTalkError."""
        path = self._dialogues / f"{talk.file}.yml"
        before = _text(path)
        after = _with_values(before, talk.number, [one for one in differences if one.key], _comment(note))
        change = Change(f"tests/dialogues/{path.name}", path, before, after)
        wanted = {"title": talk.title, "say": _as_it_goes(talk.lines, differences)}
        _check(path, change, lambda read: read[talk.number] == wanted)
        return change


def is_name_of_a_file(name: str) -> bool:
    """Whether a file may be called so."""
    return _FILE.fullmatch(name) is not None


def lines_of(turns: Sequence[TurnRecord]) -> List[Dict[str, Any]]:
    """The lines of a conversation that goes as these turns went."""
    lines: List[Dict[str, Any]] = []
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    for turn in turns:
        line: Dict[str, Any] = {"owner": turn.words, **({"pressed": turn.pressed} if turn.pressed else {})}
        says = list(dict.fromkeys(spoken.response for spoken in turn.said if spoken.response))
        line.update({"bot_says": says[0]} if says else {})
        line["bot_asks"] = turn.after.question
        if turn.after.issue and (turn.after.issue, turn.after.sub_issue) != (issue, sub_issue):
            line["issue"] = turn.after.issue
            line.update({"sub_issue": turn.after.sub_issue} if turn.after.sub_issue else {})
        issue, sub_issue = turn.after.issue, turn.after.sub_issue
        road = next((one.message.part for one in turn.said if isinstance(one.message.part, Referral)), None)
        if road is not None and road.steps:
            line["bot_refers"] = [step.institution_id for step in road.steps]
            line["cites"] = road.steps[0].citation.partition("、")[0]
        lines.append(line)
        lines += [{"bot_says": name} for name in says[1:]]
    return lines


def story_of(title: str, turns: Sequence[TurnRecord]) -> Dict[str, Any]:
    """The story that goes as these turns went."""
    steps: List[Dict[str, Any]] = []
    for turn in turns:
        steps.append({"user": turn.words})
        steps += [{"action": f"action_{EffectKind(effect).value}"} for effect in turn.decided.effects]
        steps += [{"action": spoken.response} for spoken in turn.said if spoken.response]
        slots = [{name: getattr(turn.after, name)} for name in _SLOTS if getattr(turn.after, name)]
        steps += [{"slot_was_set": slots}] if slots else []
    return {"story": title, "steps": steps}


def one_story(title: str, turns: Sequence[TurnRecord]) -> str:
    """A file with that story alone, to play it before it is written."""
    return f"{_STORIES}{_dumped([story_of(title, turns)])}"


def _as_it_goes(lines: Sequence[Mapping[str, Any]], differences: Sequence[Difference]) -> List[Dict[str, Any]]:
    """The lines with what they expect as it is now; a line of which nothing is left goes."""
    put_right = [dict(line) for line in lines]
    for one in differences:
        if one.key and one.leaves_nothing:
            del put_right[one.line][one.key]
        elif one.key:
            put_right[one.line][one.key] = one.now
    return [line for line in put_right if line]


def _with_values(text: str, number: int, differences: Sequence[Difference], comment: str) -> str:
    """The text with other values under some keys of one conversation, and a comment before it."""
    try:
        entry: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        entry = entry.value[number]
        say = next(value for key, value in entry.value if key.value == "say")
        edits: List[Tuple[int, Optional[int], str]] = [
            (entry.start_mark.index - entry.start_mark.column, None, comment)
        ]
        for at, line in enumerate(say.value):
            here = {one.key: one for one in differences if one.line == at}
            if not here:
                continue
            edits.append(_edit_of_line(text, line, here))
    except (yaml.YAMLError, StopIteration, AttributeError, IndexError, TypeError) as error:
        raise WrittenTalkError(str(number)) from error
    for begin, end, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:begin] + new + text[begin if end is None else end :]
    return text


def _edit_of_line(text: str, line: Any, here: Mapping[str, Difference]) -> Tuple[int, Optional[int], str]:
    """The line of a conversation anew: from its first key to the end of its last value."""
    content = dict(yaml.safe_load(text[line.start_mark.index - line.start_mark.column : _end_of(text, line)])[0])
    for key, one in here.items():
        if one.leaves_nothing:
            del content[key]
        else:
            content[key] = one.now
    begin = line.start_mark.index - line.start_mark.column
    if not content:
        return begin, _end_of(text, line), ""
    indent = " " * (line.start_mark.column - 2)
    written = "".join(f"{indent}{written}\n" for written in _dumped([content]).splitlines())
    return begin, _end_of(text, line), written


def _end_of(text: str, node: Any) -> int:
    """Behind the last line that a mapping has something in."""
    last = node
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = last.end_mark.index
    if end > 0 and text[end - 1] == "\n":
        return int(end)
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def _comment(note: str) -> str:
    return f"# {' '.join(note.split())}\n" if note else ""


def _behind(before: str, added: str) -> str:
    if not before:
        return added
    between = "" if before.endswith(":\n") else "\n"
    return f"{before}{'' if before.endswith(chr(10)) else chr(10)}{between}{added}"


class _Inline(List[str]):
    """A list that stands in one line."""


class _Writer(yaml.SafeDumper):
    """Writes as the files are written: words as they are, names in one line."""


_Writer.add_representer(
    _Inline, lambda writer, items: writer.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


def _dumped(entries: Sequence[Mapping[str, Any]]) -> str:
    written: str = yaml.dump(
        _inline(list(entries)), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=_WIDE, line_break="\n"
    )
    return written


def _inline(value: Any) -> Any:
    """The same with lists of names in one line."""
    if isinstance(value, Mapping):
        return {key: _inline(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_inline(one) for one in value]
        return _Inline(items) if items and all(isinstance(one, str) for one in items) else items
    return value


def _check(path: Path, change: Change, is_right: Any) -> None:
    """Raises WrittenTalkError unless the file is read back with what was put in, and the rest as it was."""
    try:
        before, after = yaml.safe_load(change.before), yaml.safe_load(change.after)
        if not is_right(after) or not _rest_is_the_same(before, after):
            raise WrittenTalkError(path.name)
    except (yaml.YAMLError, KeyError, TypeError, IndexError) as error:
        raise WrittenTalkError(path.name) from error


def _rest_is_the_same(before: Any, after: Any) -> bool:
    """Whether all conversations but one are as they were."""
    old, new = _entries(before), _entries(after)
    if len(new) == len(old) + 1:
        return bool(new[:-1] == old)
    return len(new) == len(old) and sum(one != other for one, other in zip(old, new, strict=True)) <= 1


def _entries(content: Any) -> List[Any]:
    if isinstance(content, Mapping):
        return list(content["stories"] or [])
    return list(content or [])


def _parsed(path: Path) -> Any:
    try:
        return yaml.load(_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise WrittenTalkError(path.name) from error


def _text(path: Path) -> str:
    """The text of a file; empty where there is none. Raises WrittenTalkError where it cannot be read."""
    try:
        return _text_of(path)
    except (OSError, UnicodeDecodeError) as error:
        raise WrittenTalkError(path.name) from error


def _text_of(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open(encoding="utf-8", newline="") as opened:
        return opened.read()
