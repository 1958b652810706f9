"""The head of a request says once and clearly how long it is, or it is not read further."""

from __future__ import annotations

from typing import List, Tuple

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.serving.framing import IllFormedError, check_head

_NAMES = st.one_of(
    st.sampled_from([b"Content-Length", b"content-length", b"Transfer-Encoding", b"X", b"Content-Length ", b" X"]),
    st.binary(max_size=12),
)
_VALUES = st.one_of(
    st.sampled_from([b"0", b"3", b" 3\t", b"-1", b"+3", b"3, 3", b"chunked", b"\x0b3", b"3\n", b""]),
    st.binary(max_size=12),
)


def accepts(head: bytes) -> bool:
    try:
        check_head(head)
    except IllFormedError:
        return False
    return True


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"Content-Length: 3",
        b"X:",
        b"X: \xe5\x95\x86 \t~",
        b"Upgrade: h2c\r\nConnection: Upgrade",
        b"!#$%&'*+.^_`|~:x",
    ],
)
def test_what_clients_send_is_accepted(headers: bytes) -> None:
    check_head(b"\r\n".join(filter(None, (b"GET / HTTP/1.1", b"Host: x", headers))))


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=4))
def test_what_is_accepted_has_the_length_that_a_strict_reader_finds(headers: List[Tuple[bytes, bytes]]) -> None:
    lines = [b"POST / HTTP/1.1", b"Host: x", *(name + b":" + value for name, value in headers)]
    head = b"\r\n".join(lines)
    if not accepts(head):
        return
    ours = [value for name, value in headers if name.lower() == b"content-length"]
    strict = h11.Connection(h11.SERVER)
    strict.receive_data(head + b"\r\n\r\n")
    event = strict.next_event()
    assert isinstance(event, h11.Request)
    found = [value for name, value in event.headers if name == b"content-length"]
    assert [int(value) for value in found] == [int(value) for value in ours]
    assert not any(name == b"transfer-encoding" for name, _ in event.headers)
