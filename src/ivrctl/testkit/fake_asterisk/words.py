"""How Asterisk takes a command line apart: ``parse_args`` of ``res_agi``, told again.

Written from the behaviour of Asterisk 22, not from our own encoder: the two are each other's check.
"""

from __future__ import annotations


def split_words(line: str) -> list[str]:
    """The words of a line: spaces and tabs part them, double quotes join, a backslash makes the next plain."""
    words: list[str] = []
    word: list[str] | None = None
    is_quoted = is_escaped = False
    for character in line:
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
            continue
        elif character == '"':
            is_quoted = not is_quoted
            if word is None:
                word = []
            continue
        elif character in " \t" and not is_quoted:
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        word = [] if word is None else word
        word.append(character)
    if word is not None:
        words.append("".join(word))
    return words
