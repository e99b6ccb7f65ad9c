"""The kinds of types, how they are written in YAML, and which fits where.

Knows nothing of values: ``conforming`` turns what a database answers into a value of a type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import did_you_mean, shortened
from ivrctl.lang.schema import Schema, Schemas, in_prose, text, words
from ivrctl.lang.shapes import kind_of
from ivrctl.lang.source import Node, ScalarNode, SequenceNode, Word

NO_WORD = "none"
"""Among the words of an enumeration: it may be none. No word itself, since ``none`` is none wherever it stands."""


@dataclass(frozen=True, slots=True)
class Type:
    """What all types have in common; ``str()`` writes one as it stands in YAML."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Type:
        """Read ``money``, ``date?``, ``[a, b]`` (one of these words) or ``[a, b, none]`` (which may be none).

        Raises:
            Unbound: it is none of these; recorded as IVR012.
        """
        if isinstance(node, SequenceNode):
            return _enumeration(_words(node, binder), node, binder)
        if not isinstance(node, ScalarNode):
            advice = "write a type, or a list of words"
            binder.refuse("IVR012", node.span, f"a type is due here, not {kind_of(node)}", advice)
        simple = SIMPLE.get(node.text.removesuffix("?"))
        if simple is None:
            nearest = did_you_mean(node.text, SIMPLE)
            binder.refuse("IVR012", node.span, f'there is no type "{shortened(node.text)}"', nearest)
        return Maybe(simple) if node.text.endswith("?") else simple

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A type's name, with ``?`` for one that may be none, or a list of words."""
        names = words([*SIMPLE, *(f"{name}?" for name in SIMPLE)])
        told = in_prose("A type, with ``?`` behind one that may be none; or a list of words, of which it is one.")
        return {
            **told,
            "anyOf": [names, {}],
            "if": {"type": "array"},
            "then": {"items": text(), "minItems": 1},
            "else": names,
        }


def _enumeration(words: tuple[str, ...], node: Node, binder: Binder) -> Type:
    """The words, and whether one of them is ``none``, which is no word but the lack of one."""
    kind = Enumeration(tuple(word for word in words if word != NO_WORD))
    if not kind.words:
        binder.refuse("IVR012", node.span, "an enumeration without words has no value", "write at least one word")
    return Maybe(kind) if NO_WORD in words else kind


def _words(node: SequenceNode, binder: Binder) -> tuple[str, ...]:
    """The words of an enumeration, each once."""
    words: tuple[Word, ...] = binder.bind(tuple[Word, ...], node)
    first = {word: word.span for word in reversed(words)}
    twice = [word for word in words if word.span != first[word]]
    for word in twice:
        binder.findings.error("IVR012", word.span, f'the word "{shortened(word)}" stands twice', "remove one")
    if twice:
        raise Unbound
    return tuple(str(word) for word in words)


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """A type that is known by its name alone."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Enumeration(Type):
    """One of some words, as text."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"[{', '.join(self.words)}]"


@dataclass(frozen=True, slots=True)
class Maybe(Type):
    """A type or none: ``date?``, ``[a, b, none]``. Never of another ``Maybe``."""

    of: Type

    def __str__(self) -> str:
        if isinstance(self.of, Enumeration):
            return str(Enumeration((*self.of.words, NO_WORD)))
        return f"{self.of}?"


@dataclass(frozen=True, slots=True)
class Record(Type):
    """A row with named fields."""

    fields: Mapping[str, Type] = field(hash=False)

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name}: {kind}" for name, kind in self.fields.items()) + "}"


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """Several values of one type, such as the rows of a lookup."""

    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class WordSet(Type):
    """A set of words that ``in`` looks into, such as ``caller.regions``."""

    def __str__(self) -> str:
        return "set of words"


@dataclass(frozen=True, slots=True)
class NoneType(Type):
    """The type of ``none`` alone."""

    def __str__(self) -> str:
        return "none"


TEXT = Simple("text")
NUMBER = Simple("number")
MONEY = Simple("money")
DATE = Simple("date")
DATETIME = Simple("datetime")
DURATION = Simple("duration")
BOOLEAN = Simple("boolean")
DIGITS = Simple("digits")
PHONE = Simple("phone")
SECRET = Simple("secret")
QUEUE = Simple("queue")
EXTENSION = Simple("extension")
RECORDING = Simple("recording")
WORD_SET = WordSet()
NONE = NoneType()

SIMPLE: Mapping[str, Simple] = {
    kind.name: kind
    for kind in (
        TEXT,
        NUMBER,
        MONEY,
        DATE,
        DATETIME,
        DURATION,
        BOOLEAN,
        DIGITS,
        PHONE,
        SECRET,
        QUEUE,
        EXTENSION,
        RECORDING,
    )
}
"""The types that YAML can name."""

_FITS: Mapping[Type, frozenset[Type]] = {
    TEXT: frozenset({DIGITS, PHONE, QUEUE, EXTENSION}),
    PHONE: frozenset({DIGITS}),
    EXTENSION: frozenset({DIGITS}),
    NUMBER: frozenset({MONEY}),
    SECRET: frozenset({TEXT, DIGITS, PHONE, QUEUE, EXTENSION}),
}
"""What may be passed where the key is due, besides itself. A secret fits nowhere but where a secret is due."""


def without_none(kind: Type) -> Type:
    """The type itself, or what it is when it is not none."""
    return kind.of if isinstance(kind, Maybe) else kind


def accepts(target: Type, source: Type) -> bool:
    """True when every value of ``source`` can stand where ``target`` is due."""
    match target, source:
        case (Maybe(of=inner), _):
            return source == NONE or accepts(inner, without_none(source))
        case (Enumeration(words=due), Enumeration(words=given)):
            return set(given) <= set(due)
        case (Record(fields=due_fields), Record(fields=given_fields)):
            return all(name in given_fields and accepts(kind, given_fields[name]) for name, kind in due_fields.items())
        case (ListOf(item=due_item), ListOf(item=given_item)):
            return accepts(due_item, given_item)
        case (_, Enumeration()):
            return target in {TEXT, SECRET}
        case _:
            return target == source or source in _FITS.get(target, frozenset())
