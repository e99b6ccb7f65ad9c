"""Findings as text, JSON and annotations."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.report import MAX_WIDTH, render_github, render_json, render_text
from ivrctl.lang.source import Span


def found(span: Span, message: str = "message", advice: str | None = None) -> Findings:
    findings = Findings()
    findings.error("IVR101", span, message, advice)
    return findings


def place(line: int, column: int, end_column: int) -> Span:
    return Span("flows/hotline.ivr.yaml", line, column, line, end_column)


def caret_line(source: str, span: Span) -> str:
    return render_text(found(span), {span.path: source}).splitlines()[2]


def test_a_finding_looks_like_a_compilers() -> None:
    """Place, severity, message and advice, rule; the line; the caret under the place."""
    source = "\n" * 13 + '        "0": advisr\n'
    findings = found(place(14, 14, 20), 'step "advisr" does not exist', 'did you mean "advisor"?')
    assert render_text(findings, {"flows/hotline.ivr.yaml": source}) == (
        'flows/hotline.ivr.yaml:14:14: error: step "advisr" does not exist; did you mean "advisor"? [IVR101]\n'
        '   14 |         "0": advisr\n'
        "      |              ^~~~~~\n"
    )


def test_findings_are_sorted_and_told_once() -> None:
    """By file, line, column and rule, whatever the order in which they were found."""
    findings = Findings()
    for line in (3, 1, 3, 2):
        findings.warning("IVR199", place(line, 1, 2), "message")
    lines = render_text(findings, {}).splitlines()
    assert lines == [f"flows/hotline.ivr.yaml:{line}:1: warning: message [IVR199]" for line in (1, 2, 3)]


def test_the_caret_counts_chinese_characters_as_two_cells() -> None:
    """On a terminal the caret stands under the place."""
    assert caret_line("zh: 您好{x}\n", place(1, 5, 7)) == "      |     ^~~~"
    assert caret_line("zh: 您好{x}\n", place(1, 7, 10)) == "      |         ^~~"


def test_combining_marks_take_no_cell() -> None:
    """A letter with a combining accent is one cell wide."""
    assert caret_line("e\u0301: x\n", place(1, 5, 6)) == "      |    ^"


def test_a_tab_is_shown_as_four_cells() -> None:
    """Caret and line use the same width, whatever the terminal's tab stops are."""
    report = render_text(found(place(1, 2, 3)), {"flows/hotline.ivr.yaml": "\tx\n"})
    assert report.splitlines()[1:] == ["    1 |     x", "      |     ^"]


def test_an_empty_place_has_a_caret() -> None:
    """Where something is missing, the caret marks the spot."""
    assert caret_line("key:\n", place(1, 5, 5)) == "      |     ^"


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    """Only the first line is shown."""
    assert caret_line("a: b\n  c\n", Span("flows/hotline.ivr.yaml", 1, 4, 2, 4)) == "      |    ^"


def test_a_long_line_is_shown_around_the_place() -> None:
    """One line of a megabyte does not fill the terminal."""
    source = "x" * 500_000 + "HERE" + "y" * 500_000
    shown, caret = render_text(found(place(1, 500_001, 500_005)), {"flows/hotline.ivr.yaml": source}).splitlines()[1:]
    assert len(shown) < MAX_WIDTH + 20
    assert shown[caret.index("^") :].startswith("HERE")
    assert caret.count("~") == 3


def test_a_finding_without_its_source_has_no_line() -> None:
    """A file that could not be read is still told."""
    assert render_text(found(place(1, 1, 1)), {}).count("\n") == 1


def test_a_byte_order_mark_does_not_move_the_caret() -> None:
    """Columns count from the first character after the mark."""
    assert caret_line("\ufeffword: x\n", place(1, 7, 8)) == "      |       ^"


def test_what_steers_a_terminal_is_made_visible() -> None:
    """A flow cannot recolour or rewrite the report through a message, a line or a file name."""
    span = Span("a\x1b[2J.yaml", 1, 1, 1, 2)
    report = render_text(found(span, "key \x1b[31m\u202e\u061c\xad\U000e0041\n"), {span.path: "\x1b[31m: \u202ex\n"})
    assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in report.replace("\n", ""))
    assert report.count("\n") == 3


def test_colours_are_only_used_when_asked_for() -> None:
    """Without colours the two differ by escape codes alone."""
    sources = {"flows/hotline.ivr.yaml": "word: x\n"}
    assert "\x1b[" not in render_text(found(place(1, 1, 5)), sources)
    assert "\x1b[1;31merror:\x1b[0m" in render_text(found(place(1, 1, 5)), sources, colour=True)


def test_json_has_a_version_and_every_field() -> None:
    """Machines read the same findings."""
    report = json.loads(render_json(found(place(2, 3, 5), "a", "b")))
    assert report == {
        "format_version": 1,
        "findings": [
            {
                "path": "flows/hotline.ivr.yaml",
                "line": 2,
                "column": 3,
                "end_line": 2,
                "end_column": 5,
                "rule": "IVR101",
                "severity": "error",
                "message": "a",
                "advice": "b",
            }
        ],
    }


def test_a_github_annotation_is_escaped() -> None:
    """Percent signs, and in file names colons and commas, cannot end the command early."""
    span = Span("a:b,c%.yaml", 2, 3, 2, 5)
    assert render_github(found(span, "100% ::error x", "advice")) == (
        "::error file=a%3Ab%2Cc%25.yaml,line=2,col=3,title=IVR101::100%25 ::error x; advice\n"
    )


def test_nothing_found_is_nothing_said() -> None:
    """No finding, no text; JSON stays an object."""
    assert render_text(Findings(), {}) == render_github(Findings()) == ""
    assert json.loads(render_json(Findings()))["findings"] == []


def test_many_findings_on_one_long_line_are_shown_at_once() -> None:
    """The line is looked at once, not once for each, which would take minutes: the deadline of tests would be over."""
    line = "{" * 200_000
    findings = Findings()
    for column in range(1, 5_001):
        findings.error("IVR025", place(1, column, column + 1), f"brace {column}")
    assert render_text(findings, {"flows/hotline.ivr.yaml": line}).count("error: brace") == 5_000


@given(st.text(max_size=300), st.integers(1, 5), st.integers(1, 300), st.integers(0, 300))
def test_any_place_in_any_source_can_be_shown(source: str, line: int, column: int, width: int) -> None:
    """SAFETY: each finding is one line, or three with a caret in the last, whatever the source holds."""
    lines = render_text(found(place(line, column, column + width)), {"flows/hotline.ivr.yaml": source}).split("\n")
    assert len(lines) in {2, 4}
    assert len(lines) == 2 or lines[2].count("^") == 1


@given(st.text(max_size=200))
def test_an_annotation_is_one_line(message: str) -> None:
    """SAFETY: no message can begin a second workflow command."""
    assert len(render_github(found(place(1, 1, 2), message)).splitlines()) == 1


@pytest.mark.parametrize(("text", "short"), [("a\n b", "a b"), ("x" * 100, "x" * 39 + "…"), ("", "")])
def test_a_quoted_text_is_shortened(text: str, short: str) -> None:
    """Messages stay readable."""
    assert shortened(text) == short


def test_few_candidates_are_listed_and_many_are_not() -> None:
    """Advice names the nearest, or all of a few, or nothing."""
    assert did_you_mean("x", ["alpha", "beta"]) == 'expected one of "alpha", "beta"'
    assert did_you_mean("x", [f"candidate-{i}" for i in range(21)]) is None
    assert did_you_mean("x", []) is None
