"""What a child says over its pipe arrives as it was meant, however the bytes are cut."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.service.parent import pulse
from ivrctl.service.parent.pulse import Accepting, Beat, Misconfigured, PulseReader, Ready, Sign


def test_ready_and_beats_are_told_apart() -> None:
    """In the order in which they were said."""
    assert PulseReader().receive(pulse.READY + pulse.BEAT * 2) == [Ready(), Beat(), Beat()]


def test_a_text_keeps_its_lines() -> None:
    """Findings are shown as they were written, Chinese included."""
    text = "flows/余额.yaml:1:1: error: no\n   1 | x"
    assert PulseReader().receive(pulse.misconfigured(text)) == [Misconfigured(text)]


def test_a_text_without_its_end_is_not_told_yet() -> None:
    """The rest may follow."""
    reader = PulseReader()
    assert reader.receive(b"Xhalf") == []
    assert reader.receive(b" and half\n.") == [Misconfigured("half and half"), Beat()]


def test_a_very_long_text_is_cut() -> None:
    """It must fit into the pipe, since the child does not wait."""
    message = pulse.misconfigured("错" * 100_000)
    (sign,) = PulseReader().receive(message)
    assert len(message) < 64 * 1024
    assert isinstance(sign, Misconfigured)
    assert sign.text.startswith("错" * 1000)


def test_unknown_bytes_are_skipped() -> None:
    """A later version of a child may say more."""
    assert PulseReader().receive(b"?\n\x00.") == [Beat()]


said = st.one_of(
    st.just((pulse.ACCEPTING, Accepting())),
    st.just((pulse.READY, Ready())),
    st.just((pulse.BEAT, Beat())),
    st.text(max_size=20).map(lambda text: (pulse.misconfigured(text), None)),
)


# SAFETY: the reader's answer does not depend on how the pipe cuts the bytes.
@given(signs=st.lists(said, max_size=10), cuts=st.lists(st.integers(0, 200), max_size=10))
def test_cuts_change_nothing(signs: list[tuple[bytes, Sign | None]], cuts: list[int]) -> None:
    """Between any two bytes."""
    content = b"".join(message for message, _ in signs)
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    reader = PulseReader()
    heard = [sign for start, end in itertools.pairwise(edges) for sign in reader.receive(content[start:end])]
    assert heard == PulseReader().receive(content)
    assert len(heard) == len(signs)
