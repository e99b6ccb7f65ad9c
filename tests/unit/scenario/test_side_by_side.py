from __future__ import annotations

from rich.cells import cell_len

from ivrctl.testkit.side_by_side import DIFFERENT, Row, aligned, render
from ivrctl.testkit.verdict import Noted, Written

CALL = (
    Noted(0.0, "flow", "main/start"),
    Noted(0.5, "ivr", "余额请按1。"),
    Noted(2.0, "caller", "presses 1"),
    Noted(2.0, "ivr", "您的余额是120.50。"),
    Noted(4.0, "call", "ends by flow, served"),
)


def _shown(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.written, row.happened.what if row.happened else "") for row in rows]


def test_a_line_that_was_met_stands_beside_what_met_it() -> None:
    """Every line is on the row of its own event; what nobody waited for has an empty left side."""
    script = (Written("hears: 余额", "ivr", 0.5), Written("presses: 1", "caller", 2.0), Written("ends:", "call", 4.0))
    assert _shown(aligned(script, CALL)) == [
        ("", "main/start"),
        ("hears: 余额", "余额请按1。"),
        ("presses: 1", "presses 1"),
        ("", "您的余额是120.50。"),
        ("ends:", "ends by flow, served"),
    ]


def test_the_first_line_that_was_not_met_stands_beside_what_came_instead() -> None:
    """The difference is marked, and from there on both sides run on."""
    script = (Written("presses: 1", "caller", 2.0), Written("hears: 999", "ivr"), Written("hears: more", "ivr"))
    rows = aligned(script, CALL)
    assert _shown(rows)[2:] == [
        ("presses: 1", "presses 1"),
        ("hears: 999", "您的余额是120.50。"),
        ("hears: more", "ends by flow, served"),
    ]
    assert [row.written for row in rows if row.is_different] == ["hears: 999"]


def test_a_line_beside_which_nothing_came_has_a_row_of_its_own() -> None:
    """A script that goes on after the call is over, and time that passes, have no event."""
    script = (Written("waits: 1s", "", 1.0), Written("enters: sales", "queue"), Written("talks: 5s", "caller"))
    rows = aligned(script, CALL)
    assert _shown(rows)[2] == ("waits: 1s", "")
    assert _shown(rows)[-2:] == [("enters: sales", ""), ("talks: 5s", "")]


def test_a_call_that_never_began_shows_the_script_alone() -> None:
    """Nothing happened, and the first line is the difference."""
    assert aligned((Written("hears: 余额", "ivr"),), ()) == [Row("hears: 余额", None, is_different=True)]


def test_the_right_side_begins_in_the_same_column_whatever_is_written() -> None:
    """A Chinese character is two columns wide."""
    script = (Written("hears: 余额请按", "ivr", 0.5), Written("hears: abc", "ivr"))
    lines = render(aligned(script, CALL), None)
    ends = [cell_len(line[: line.index(" s  ")]) for line in lines[1:]]
    assert len(set(ends)) == 1
    assert [line for line in lines if DIFFERENT in line] == [
        f"  {DIFFERENT} hears: abc           2.00 s  ivr     您的余额是120.50。"
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    """What is longer goes on below, in its own column, broken between words where there are."""
    long = Noted(5.0, "ivr", "您的余额是120.50。" * 9 + " and a sentence of many short words that goes on")
    script = (Written("hears: " + "很长的一句话" * 8, "ivr", 5.0),)
    lines = render(aligned(script, (*CALL, long)), 70)
    assert max(map(cell_len, lines)) <= 70
    assert lines[-1].strip() == "words that goes on"


def test_every_character_is_shown_in_a_narrow_terminal() -> None:
    """Wrapping loses nothing but blanks."""
    text = "您的余额是120.50。Thank you for calling, goodbye. " * 3
    lines = render([Row(happened=Noted(1.0, "ivr", text))], 50)
    shown = "".join(lines[1:]).replace(" ", "").removeprefix("1.00sivr")
    assert shown == text.replace(" ", "")


def test_colours_are_written_only_when_asked_for() -> None:
    """Red for the difference, dim for the flow's own steps, and none of it in a file."""
    rows = aligned((Written("hears: 999", "ivr"),), CALL)
    assert "\x1b" not in "".join(render(rows, 80))
    coloured = render(rows, 80, is_coloured=True)
    assert coloured[1].startswith("\x1b[2m")
    assert coloured[2].startswith("\x1b[31m")
