"""The framing of baresip's control connection."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.testkit.softphone.netstring import NetstringError, NetstringReader, encode


def test_a_payload_is_framed() -> None:
    """Its length, a colon, itself, a comma."""
    assert encode(b"hello") == b"5:hello,"


# SAFETY: how the bytes arrive makes no difference.
@given(payloads=st.lists(st.binary(max_size=40), max_size=5), cuts=st.lists(st.integers(0, 250), max_size=6))
def test_any_fragmentation_gives_the_same_payloads(payloads: list[bytes], cuts: list[int]) -> None:
    """Cut anywhere, the payloads come out whole and in order."""
    stream = b"".join(map(encode, payloads))
    reader, edges = NetstringReader(), [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    received = [part for b, e in pairwise(edges) for part in reader.receive(stream[b:e])]
    assert received == payloads


def test_what_is_incomplete_waits() -> None:
    """Nothing comes out before the comma."""
    reader = NetstringReader()
    assert reader.receive(b"5:hello") == []
    assert reader.receive(b",") == [b"hello"]


@pytest.mark.parametrize("garbage", [b"hello", b":x,", b"99999999:", b"2000000:", b"1:ab,", b"-1:,"])
def test_garbage_is_refused(garbage: bytes) -> None:
    """No length, none before the colon, too long a one, no comma."""
    with pytest.raises(NetstringError):
        NetstringReader().receive(garbage)
