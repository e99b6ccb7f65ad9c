from __future__ import annotations

import pytest

from ivrctl.testkit.fake_asterisk.words import split_words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("NOOP", ["NOOP"]),
        ("  GET\tOPTION  ", ["GET", "OPTION"]),
        ('SET VARIABLE A "b c"', ["SET", "VARIABLE", "A", "b c"]),
        ('SET VARIABLE A ""', ["SET", "VARIABLE", "A", ""]),
        ('"a\\"b\\\\c"', ['a"b\\c']),
        ("a\\ b", ["a b"]),
        ('a"b c"d', ["ab cd"]),
        ('"open quote', ["open quote"]),
        ('\\"a', ['"a']),
    ],
)
def test_line_is_taken_apart_as_parse_args_does(line: str, words: list[str]) -> None:
    """Spaces part, quotes join, a backslash makes the next character plain."""
    assert split_words(line) == words
