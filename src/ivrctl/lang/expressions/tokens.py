"""An expression's text into tokens. Knows neither grammar nor types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from ivrctl.lang.indexed import NAME


class ExpressionSyntaxError(ValueError):
    """An expression that cannot be read; ``start`` and ``end`` are offsets in its text."""

    def __init__(self, message: str, start: int, end: int, advice: str | None = None) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.advice = advice


class TokenKind(Enum):
    """What a token is."""

    TEXT = auto()
    DATE = auto()
    DURATION = auto()
    NUMBER = auto()
    NAME = auto()
    """A dotted name, perhaps with an index, or a keyword; a dash is part of it: ``queues.full-service.staff``."""
    COMPARISON = auto()
    PUNCTUATION = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text with its kind."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.text)


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<TEXT>"[^"]*")
    |(?P<DATE>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-]))
    |(?P<DURATION>[0-9]+(?:\.[0-9]+)?[A-Za-z]+(?![\w-]))
    |(?P<NUMBER>-?[0-9]+(?:\.[0-9]+)?(?![\w.-]))
    |(?P<NAME>"""
    + NAME
    + r""")
    |(?P<COMPARISON>==|!=|<=|>=|<|>)
    |(?P<PUNCTUATION>[(),])
    |(?P<END>\Z)
    )""",
    re.VERBOSE,
)

_ADVICE = {
    "=": "write == to compare",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != to compare",
    "'": 'texts stand in double quotes: "…"',
    "“": 'texts stand in straight double quotes: "…"',
    "”": 'texts stand in straight double quotes: "…"',
    '"': "close the quote",
    "{": "names stand without braces in an expression",
    "}": "names stand without braces in an expression",
    "[": "compare with each word and join with or",
    ":": "a time of day cannot be written here: ask hours.NAME.is_open, or compare days",
    "%": "compute it in the query; a share is compared as a number",
    "(": "write ( and ) on the same line",
    "（": "write ( instead",
    "）": "write ) instead",
}
ARITHMETIC = frozenset("+-*/^")
COMPUTE_ELSEWHERE = "compute it in the query"


def tokenise(text: str) -> list[Token]:
    """The tokens of an expression; the last is END.

    Raises:
        ExpressionSyntaxError: a character that begins no token.
    """
    tokens: list[Token] = []
    position = 0
    while not tokens or tokens[-1].kind is not TokenKind.END:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _unreadable(text, position)
        tokens.append(Token(TokenKind[match.lastgroup], match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    return tokens


def _unreadable(text: str, position: int) -> ExpressionSyntaxError:
    """Name the character that cannot stand here, with what was probably meant."""
    position += len(text[position:]) - len(text[position:].lstrip())
    character = text[position]
    if character in ARITHMETIC:
        return ExpressionSyntaxError("an expression does not compute", position, position + 1, COMPUTE_ELSEWHERE)
    message = f"{character} cannot stand here" if character != '"' else "the quote that opens here is never closed"
    return ExpressionSyntaxError(message, position, position + 1, _ADVICE.get(character))
