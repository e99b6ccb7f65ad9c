"""The grammar of expressions, as a recursive descent.

It reads, from the weakest binding to the strongest::

    either   = both { "or" both }
    both     = negated { "and" negated }
    negated  = "not" negated | compared
    compared = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") operand ]
    operand  = literal | name | function "(" [ either { "," either } ] ")" | "(" either ")"

Knows nothing of types: what fits together is ``checker``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ivrctl.lang.expressions.functions import FUNCTIONS
from ivrctl.lang.expressions.tokens import (
    ARITHMETIC,
    COMPUTE_ELSEWHERE,
    ExpressionSyntaxError,
    Token,
    TokenKind,
    tokenise,
)
from ivrctl.lang.expressions.tree import Call, Compare, Junction, Literal, Name, Not, Tree
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.indexed import path_of
from ivrctl.lang.scalars import UnreadableError, read_date, read_decimal, read_duration
from ivrctl.lang.types.kinds import BOOLEAN, DATE, DURATION, NONE, NUMBER, TEXT

MAX_LENGTH = 500
"""Characters of one expression."""
MAX_DEPTH = 30
"""Brackets and ``not`` inside each other."""
_OPERATORS = frozenset({"and", "or", "not", "in"})
_CONSTANTS = {"true": (True, BOOLEAN), "false": (False, BOOLEAN), "none": (None, NONE)}


def parse(text: str) -> Tree:
    """Read an expression.

    Raises:
        ExpressionSyntaxError: it cannot be read; the first mistake, with its place and advice.
    """
    if len(text) > MAX_LENGTH:
        message = f"an expression has at most {MAX_LENGTH} characters"
        raise ExpressionSyntaxError(message, 0, len(text), "decide in the query, or in several guards")
    return _Parser(tokenise(text)).whole()


class _Parser:
    """Reads tokens from left to right; one method for each line of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self._token.kind is not TokenKind.END:
            self._refuse_trailing()
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _is_word(self, *words: str) -> bool:
        return self._token.kind is TokenKind.NAME and self._token.text in words

    def _is_mark(self, mark: str) -> bool:
        return self._token.kind is TokenKind.PUNCTUATION and self._token.text == mark

    def _either(self) -> Tree:
        return self._junction("or", self._both)

    def _both(self) -> Tree:
        return self._junction("and", self._negated)

    def _junction(self, word: str, read: Callable[[], Tree]) -> Tree:
        operands = [read()]
        while self._is_word(word):
            self._take()
            operands.append(read())
        if len(operands) == 1:
            return operands[0]
        return Junction(word, tuple(operands), operands[0].start, operands[-1].end)

    def _negated(self) -> Tree:
        if not self._is_word("not"):
            return self._compared()
        token = self._take()
        self._enter(token)
        operand = self._negated()
        self._depth -= 1
        return Not(operand, token.start, operand.end)

    def _compared(self) -> Tree:
        left = self._operand()
        if not self._is_comparison():
            return left
        operator = self._take().text
        right = self._operand()
        if self._is_comparison():
            token = self._token
            advice = "compare two at a time and join with and"
            raise ExpressionSyntaxError("a comparison has two sides", token.start, token.end, advice)
        return Compare(operator, left, right, left.start, right.end)

    def _is_comparison(self) -> bool:
        return self._token.kind is TokenKind.COMPARISON or self._is_word("in")

    def _operand(self) -> Tree:
        token = self._take()
        match token.kind:
            case TokenKind.PUNCTUATION if token.text == "(":
                return self._bracket(token)
            case TokenKind.NAME if token.text not in _OPERATORS:
                return self._call(token) if self._is_mark("(") else _name(token)
            case TokenKind.TEXT:
                return Literal(token.text[1:-1], TEXT, token.start, token.end)
            case TokenKind.NUMBER | TokenKind.DURATION | TokenKind.DATE:
                return _written(token)
            case _:
                raise _no_operand(token)

    def _bracket(self, token: Token) -> Tree:
        self._enter(token)
        inner = self._either()
        if not self._is_mark(")"):
            if self._token.kind is TokenKind.END:
                raise ExpressionSyntaxError("the bracket that opens here is never closed", token.start, token.end)
            self._refuse_trailing()
        self._take()
        self._depth -= 1
        return inner

    def _call(self, token: Token) -> Tree:
        if token.text not in FUNCTIONS:
            advice = did_you_mean(token.text, FUNCTIONS)
            raise ExpressionSyntaxError(f'there is no function "{token.text}"', token.start, token.end, advice)
        self._enter(self._take())
        arguments: list[Tree] = []
        while not self._is_mark(")"):
            arguments.append(self._either())
            if self._is_mark(","):
                self._take()
            elif not self._is_mark(")"):
                self._refuse_trailing()
        self._depth -= 1
        return Call(token.text, tuple(arguments), token.start, self._take().end)

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            message = f"an expression is nested at most {MAX_DEPTH} deep"
            raise ExpressionSyntaxError(message, token.start, token.end, "decide in several guards")

    def _refuse_trailing(self) -> NoReturn:
        """A token where the expression should have ended or an operator is due."""
        token = self._token
        message, advice = f"{token.text or 'the end'} stands where and, or, or a comparison is due", None
        if token.text[:1] in ARITHMETIC:
            message, advice = "an expression does not compute", COMPUTE_ELSEWHERE
        elif self._is_word("not"):
            advice = "write not before the whole comparison"
        elif self._is_word("is"):
            advice = "write == or !="
        raise ExpressionSyntaxError(message, token.start, token.end, advice)


def _no_operand(token: Token) -> ExpressionSyntaxError:
    """The complaint about a token that stands where a value is due."""
    if token.kind is TokenKind.END:
        message = "the expression is empty" if token.start == 0 else "the expression ends where a value is due"
        return ExpressionSyntaxError(message, token.start, token.end)
    advice = "write not before the whole comparison" if token.text == "in" else None
    return ExpressionSyntaxError(f"{token.text} stands where a value is due", token.start, token.end, advice)


def _name(token: Token) -> Tree:
    if token.text in _CONSTANTS:
        value, kind = _CONSTANTS[token.text]
        return Literal(value, kind, token.start, token.end)
    return Name(path_of(token.text), token.start, token.end)


def _written(token: Token) -> Tree:
    """A number, duration or date literal."""
    try:
        match token.kind:
            case TokenKind.DURATION:
                return Literal(read_duration(token.text), DURATION, token.start, token.end)
            case TokenKind.DATE:
                return Literal(read_date(token.text), DATE, token.start, token.end)
            case _:
                return Literal(read_decimal(token.text), NUMBER, token.start, token.end)
    except UnreadableError as error:
        raise ExpressionSyntaxError(str(error), token.start, token.end, error.advice) from None
