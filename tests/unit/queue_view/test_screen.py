"""The screen of ``ivrctl queue watch``: as it is drawn at any size, in golden files.

``python -m tests.unit.queue_view.test_screen`` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from ivrctl.cli.columns import width
from ivrctl.cli.commands.queue_watch import draw_until_quit
from ivrctl.cli.queue_view.centre import AgentSeen, Centre, Known, QueueSeen, Sight
from ivrctl.cli.queue_view.held import Held
from ivrctl.cli.queue_view.screen import screen
from ivrctl.errors import UnreachableError

GOLDEN = Path(__file__).parents[2] / "golden" / "queue"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
KNOWN = Known(zone=ZoneInfo("Asia/Shanghai"), answer_in=timedelta(seconds=20), name="demo-10010")
SEEN = Sight(True, "", None, NOON, NOON)
QUEUES = (
    QueueSeen("billing", 0, 0.0, 8.0, 15.0, 3, 1, 1, 1),
    QueueSeen("full-service", 1, 12.0, 25.0, 95.0, 2, 0, 2, 0),
    QueueSeen("night", 1, 4.0, None, None, 0, 0, 0, 0),
    QueueSeen("vip", 12, 3725.0, 61.0, 190.0, 4, 0, 3, 1),
)
AGENTS = (
    AgentSeen("8101", "王小明", "PJSIP/8101", "talking", False, "", NOON - timedelta(seconds=84), {"vip": "talking"}),
    AgentSeen(
        "8102",
        "Li Na",
        "PJSIP/8102",
        "paused",
        True,
        "lunch",
        NOON - timedelta(hours=1),
        {"vip": "paused", "night": "free"},
    ),
    AgentSeen("8103", "Zhang Wei", "PJSIP/8103", "free", False, "", NOON - timedelta(seconds=5), {"billing": "free"}),
    AgentSeen("", "Local/5001", "Local/5001", "away", True, "lunch", None, {"billing": "away", "full-service": "away"}),
)
CENTRE = Centre(SEEN, QUEUES, AGENTS)
LOST = replace(SEEN, is_known=False, stale_since=NOON - timedelta(seconds=42), why="the connection to Asterisk is lost")
LARGE = Centre(
    SEEN,
    tuple(QueueSeen(f"q{number:02}", number % 3, 7.0 * (number % 3), None, None, 5, 1, 2, 0) for number in range(40)),
    tuple(replace(AGENTS[number % 3], number=f"{8000 + number}") for number in range(60)),
)
SCREENS = {
    "usual": (Held(CENTRE, 0.0), (80, 24)),
    "wide": (Held(CENTRE, 0.0), (132, 14)),
    "narrow": (Held(CENTRE, 0.0), (40, 16)),
    "stale": (Held(replace(CENTRE, sight=LOST), 0.0), (80, 14)),
    "no-controller": (Held(CENTRE, 0.0, "no controller answers at /run/api.sock"), (80, 14)),
    "many": (Held(LARGE, 0.0), (80, 24)),
    "nobody": (Held(Centre(SEEN, (), ()), 0.0), (80, 5)),
}
AT = 5.0
"""Seconds since the answer that is shown."""


def _drawn(name: str) -> Text:
    held, size = SCREENS[name]
    return screen(held, KNOWN, AT, size)


def _plain(name: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in _drawn(name).plain.split("\n"))


@pytest.mark.parametrize("name", SCREENS)
def test_screen_is_as_its_golden_file(name: str) -> None:
    """What a supervisor sees, to the letter."""
    assert _plain(name) == (GOLDEN / f"{name}.txt").read_text()


@given(
    wide=st.integers(1, 200), high=st.integers(1, 60), centre=st.sampled_from([CENTRE, LARGE]), is_away=st.booleans()
)
def test_safety_no_screen_is_larger_than_its_terminal(wide: int, high: int, centre: Centre, is_away: bool) -> None:
    """SAFETY: whatever the size, nothing is written beside or below it, which would scroll and flicker."""
    lines = screen(Held(centre, 0.0, "gone" if is_away else ""), KNOWN, AT, (wide, high)).plain.split("\n")
    assert len(lines) <= high
    assert max(map(width, lines)) <= wide


@given(high=st.integers(8, 60))
def test_safety_a_queue_where_somebody_waits_longest_is_never_left_out(high: int) -> None:
    """SAFETY: what does not fit is calm."""
    pressed = replace(LARGE, queues=(*LARGE.queues[:-1], replace(QUEUES[-1], name="zz-last")))
    assert "zz-last" in screen(Held(pressed, 0.0), KNOWN, AT, (80, high)).plain


@pytest.mark.parametrize(
    ("name", "text", "style"),
    [
        ("usual", "! stale", None),
        ("stale", "! stale since", "bold white on red"),
        ("usual", "vip ", "bold red"),
        ("usual", "night ", "bold red"),
        ("usual", "full-service", "yellow"),
        ("usual", "paused lunch (vip)", "yellow"),
        ("usual", "free", "green"),
        ("stale", "vip ", "dim"),
    ],
)
def test_colours_are_those_of_thresholds(name: str, text: str, style: str | None) -> None:
    """Red is over the threshold, yellow near it; of a stale picture nothing but its banner has a colour."""
    assert _style(_drawn(name), text) == style


def _style(drawn: Text, text: str) -> str | None:
    """The style of a text's first place; None where it is not there."""
    at = drawn.plain.find(text)
    styles = [str(span.style) for span in drawn.spans if span.start <= at < span.end and str(span.style)]
    return styles[-1] if at >= 0 else None


class _Keys:
    """Somebody who presses what he was told to, and counts how often he was asked."""

    def __init__(self, *keys: str) -> None:
        self._keys = iter(keys)

    def wait(self, _seconds: float) -> str:
        """The next ones."""
        return next(self._keys)


@pytest.mark.parametrize("key", ["q", "Q", "\x03", "\x04"])
def test_watching_ends_with_a_key_and_leaves_the_terminal_as_it_was(key: str) -> None:
    """q, Ctrl-C and a terminal that is gone; other keys and arrows do nothing."""
    out = _watched("", "x", "\x1b[A", key)
    assert out.startswith("\x1b[?1049h")
    assert out.endswith("\x1b[?25h\x1b[?1049l")


def test_screen_is_written_over_and_never_cleared() -> None:
    """Between two pictures there is no empty screen: that would flicker."""
    first, *others = _watched("", "", "q").split("\x1b[H")[1:]
    assert len(others) >= 2
    assert not any(clearing in "".join([first, *others]) for clearing in ("\x1b[2J", "\x1b[J", "\x1b[3J"))


def _watched(*keys: str) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", highlight=False)
    draw_until_quit(console, _Keys(*keys), lambda: Held(CENTRE, 0.0), KNOWN, lambda: (80, 14), clock=lambda: AT)
    return out.getvalue()


def test_answer_behind_trouble_is_all_there_is() -> None:
    """A controller that is back ends the doubt; the picture meanwhile is the last one."""
    coming: Iterator[Centre | UnreachableError] = iter([UnreachableError("no controller answers"), CENTRE])

    def look() -> Centre:
        found = next(coming)
        if isinstance(found, UnreachableError):
            raise found
        return found

    held = Held(CENTRE, 0.0)
    away = held.next(look, lambda: 1.0)
    assert (away.centre, away.doubt(KNOWN, 61.0)) == (CENTRE, "stale since 12:00:00 (1:01): no controller answers")
    assert away.next(look, lambda: 62.0).doubt(KNOWN, 62.0) == ""


def test_controller_that_goes_while_it_saw_nothing_is_told_with_what_it_said() -> None:
    """The age is that of what was seen, not that of the last answer."""
    held = Held(replace(CENTRE, sight=LOST), 0.0, "no controller answers")
    assert held.doubt(KNOWN, 18.0) == (
        "stale since 11:59:18 (1:00): the connection to Asterisk is lost; and no controller answers"
    )


if __name__ == "__main__":
    for each in SCREENS:
        (GOLDEN / f"{each}.txt").write_text(_plain(each))
