"""One entry of a YAML file, and values of it changed: every other character stays as it was.

The files of data/knowledge that staff changes are lists whose entries begin at the edge of the page (`- id: …`), with
their further lines set in. A value that is changed is written where it stood; what a list keeps is kept as it is spelt.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import yaml

_BEGINS = re.compile(r"- \{?(?:id|institution): *(?P<name>[^\s,}]+)")
_LOADER = yaml.SafeLoader  # of a few lines: its marks say where each value stands


class PieceError(Exception):
    """An entry is not as it should be, or not there any more; the message names it. Nothing was changed."""


def names_in(text: str) -> Tuple[str, ...]:
    """The entries of a file, in their order."""
    return tuple(found["name"] for line in text.split("\n") if (found := _BEGINS.match(line)))


def piece_of(text: str, name: str) -> str:
    """The lines of the entry of this name, with their line ends. Raises PieceError where there is not exactly one."""
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if (of := _BEGINS.match(line)) and of["name"] == name]
    if len(begins) != 1:
        raise PieceError(name)
    end = begins[0] + 1
    while end < len(lines) and lines[end].startswith("  "):
        end += 1
    return "".join(lines[begins[0] : end])


def with_piece(text: str, before: str, after: str) -> str:
    """The text with `after` in the place of `before`; behind its end where nothing was before.

    Raises PieceError where `before` does not stand there exactly once: the file was changed meanwhile.
    """
    if not before:
        if text and not text.endswith("\n"):
            raise PieceError("the end of the file")
        return text + after
    if text.startswith(before):
        place = 0
    else:
        place = text.find(f"\n{before}") + 1
        if not place:
            raise PieceError(before.split("\n")[0])
    if f"\n{before}" in text[place:]:
        raise PieceError(before.split("\n")[0])
    return text[:place] + after + text[place + len(before) :]


def values_of(piece: str) -> Dict[str, Any]:
    """What an entry, or a file of keys, says by its keys; days as ISO dates. Raises PieceError where it is neither."""
    try:
        read = yaml.load(piece, Loader=_LOADER)
        [entry] = read if isinstance(read, list) else [read]
        return {str(key): _plain(value) for key, value in entry.items()}
    except (yaml.YAMLError, TypeError, ValueError, AttributeError) as error:
        raise PieceError(piece.split("\n")[0]) from error


def with_values(piece: str, values: Mapping[str, Any], order: Sequence[str]) -> str:
    """The entry with other values: texts, numbers, lists of texts, mappings, lists of mappings; None takes a key away.

    A key that is new comes behind those that stand before it in `order`. Raises PieceError where the entry is not
    written in a way that can be changed so.
    """
    if not piece.endswith("\n"):
        raise PieceError(piece.split("\n")[0])
    old = values_of(piece)
    whole: Any = yaml.compose(piece, Loader=_LOADER)
    root = whole if isinstance(whole, yaml.MappingNode) else whole.value[0]
    nodes = {key.value: (key, value) for key, value in root.value}
    edits: List[Tuple[int, int, str]] = []
    for name in order:
        if name not in values or values[name] == old.get(name):
            continue
        value = values[name]
        if name not in nodes:
            spot = _behind(piece, [nodes[key] for key in order[: order.index(name)] if key in nodes], root)
            edits.append((spot, spot, f"{' ' * root.start_mark.column}{name}: {_written(value, None, piece)}\n"))
            continue
        key, node = nodes[name]
        if value is None:
            _check_own_lines(root)
            edits.append((_line_of(piece, key.start_mark.index), _line_behind(piece, _end_of(node)), ""))
        else:
            edits.append((node.start_mark.index, _end_of(node), _written(value, node, piece)))
    changed = piece
    from_the_end = sorted(enumerate(edits), key=lambda one: (one[1][:2], one[0]), reverse=True)
    for _, (begin, end, text) in from_the_end:
        changed = changed[:begin] + text + changed[end:]
    wanted = {name: value for name, value in {**old, **values}.items() if value is not None}
    if values_of(changed) != wanted or _comments(changed) != _comments(piece):
        raise PieceError(piece.split("\n")[0])
    return changed


def new_piece(values: Mapping[str, Any], order: Sequence[str], like: str = "") -> str:
    """An entry that was not there: a line a key, in this order, without those that have no value.

    What `like`, another entry, puts in quotes or on lines of their own is put so here.
    """
    nodes = _nodes_of(like)
    lines = [
        f"{name}: {_written(values[name], nodes.get(name), like)}\n" for name in order if values.get(name) is not None
    ]
    piece = "- " + "  ".join(lines)
    if values_of(piece) != {name: values[name] for name in order if values.get(name) is not None}:
        raise PieceError(lines[0])
    return piece


def _nodes_of(piece: str) -> Dict[str, yaml.Node]:
    whole: Any = yaml.compose(piece, Loader=_LOADER)
    return {key.value: value for key, value in whole.value[0].value} if whole is not None else {}


def _plain(value: Any) -> Any:
    """A value as a form has it: 2026-11-22 without quotes is a date to YAML, and a text here."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value


def _value_of(node: yaml.Node) -> Any:
    return _plain(_LOADER("").construct_document(node))


def _written(value: Any, node: Optional[yaml.Node], piece: str) -> str:
    """A value as the file has it; what it says already stays as it is spelt at `node`."""
    if node is not None and _value_of(node) == value:
        return piece[node.start_mark.index : _end_of(node)]
    if isinstance(value, list):
        kept = {_key_of(_value_of(one)): one for one in _items(node)}
        nodes = (kept.get(_key_of(one)) or _at(_items(node), place) for place, one in enumerate(value))
        items = [_written(one, its, piece) for one, its in zip(value, nodes, strict=True)]
        if items and node is not None and _is_block(node):
            return f"\n{' ' * node.start_mark.column}".join(f"- {item}" for item in items)
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        return _mapping(value, node, piece)
    quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
    return _scalar(value, always_quoted=quoted)


def _is_block(node: Optional[yaml.Node]) -> bool:
    """Whether a list or mapping has a line for each of its values."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _items(node: Optional[yaml.Node]) -> Sequence[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _at(nodes: Sequence[yaml.Node], place: int) -> Optional[yaml.Node]:
    """The one that stood at a place, where it is a mapping: its further values may stay as they are spelt."""
    return nodes[place] if place < len(nodes) and isinstance(nodes[place], yaml.MappingNode) else None


def _key_of(value: Any) -> str:
    return repr(value)


def _mapping(value: Mapping[str, Any], node: Optional[yaml.Node], piece: str) -> str:
    nodes = {key.value: one for key, one in node.value} if isinstance(node, yaml.MappingNode) else {}
    if _is_block(node):
        raise PieceError(piece.split("\n")[0])
    names = [*(name for name in nodes if name in value), *(name for name in value if name not in nodes)]
    return f"{{{', '.join(f'{name}: {_written(value[name], nodes.get(name), piece)}' for name in names)}}}"


def _scalar(value: Any, always_quoted: bool = False) -> str:
    """A text or number: plain where YAML reads it back as it is wherever it stands, else in quotes."""
    if not isinstance(value, str):
        return str(value)
    if not always_quoted and _is_plain(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def _is_plain(value: str) -> bool:
    try:
        return yaml.load(f"[{{k: {value}}}]\n", Loader=_LOADER) == [{"k": value}] and yaml.load(
            f"k: {value}\n", Loader=_LOADER
        ) == {"k": value}
    except yaml.YAMLError:
        return False


def _end_of(node: yaml.Node) -> int:
    """The place behind the last character of a value; PyYAML has it behind the empty lines that follow a block."""
    if not _is_block(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end_of(last[1] if isinstance(last, tuple) else last)


def _line_of(piece: str, place: int) -> int:
    return piece.rfind("\n", 0, place) + 1


def _line_behind(piece: str, place: int) -> int:
    found = piece.find("\n", place)
    return len(piece) if found < 0 else found + 1


def _behind(piece: str, before: Sequence[Tuple[yaml.Node, yaml.Node]], root: yaml.Node) -> int:
    """The beginning of the line behind all of these."""
    _check_own_lines(root)
    if not before:
        raise PieceError(piece.split("\n")[0])
    return max(_line_behind(piece, _end_of(value)) for _, value in before)


def _check_own_lines(root: yaml.Node) -> None:
    """Raises PieceError where keys share a line."""
    if not _is_block(root):
        raise PieceError("an entry in one line")


def _comments(piece: str) -> List[str]:
    return [line for line in piece.split("\n") if line.lstrip().startswith("#")]
