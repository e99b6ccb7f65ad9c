"""Texts with values: parsed when bound, checked when the flow is compiled, filled in for every call.

A template that is exactly one placeholder keeps the value's type (``number: "{caller.number}"``); any other is text.
For prompts, ``parts`` keeps the values apart from the words, each with the format in which it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from typing import cast

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.braces import BraceFault, Placeholder, split
from ivrctl.lang.expressions.checker import may_be_none, type_of
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.formats import FORMATS, default_format, fits, formats_for
from ivrctl.lang.indexed import value_at, with_indices
from ivrctl.lang.inside import inside
from ivrctl.lang.names import Names, Path, Scope
from ivrctl.lang.schema import Schema, Schemas, text
from ivrctl.lang.shapes import kind_of
from ivrctl.lang.source import Node, ScalarNode, Span
from ivrctl.lang.types.conforming import conform
from ivrctl.lang.types.kinds import RECORDING, SECRET, TEXT, Maybe, Type, accepts, without_none
from ivrctl.model.utterance import Part, Said, write
from ivrctl.model.values import Scalar, Value

_PIECES = tuple[str | Placeholder, ...]

MAX_FAULTS = 10
"""Findings about the braces of one text: what is wrong with a thousand of them is one mistake."""


@dataclass(frozen=True, slots=True)
class Template:
    """One text; equal to another with the same text at the same place."""

    source: str
    """As written."""
    span: Span
    _node: ScalarNode = field(compare=False, repr=False)
    _pieces: tuple[str | Placeholder, ...] = field(compare=False, repr=False)
    _defaults: dict[int, str] = field(compare=False, repr=False, default_factory=dict)
    """Formats of placeholders that name none, by offset: filled in by ``check``, the only time types are known."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Template:
        """Read a text from a scalar.

        Raises:
            Unbound: the text is empty (IVR006), its braces cannot be read (IVR025), or a format does not exist
                (IVR024); all of these at once.
        """
        if not isinstance(node, ScalarNode):
            binder.refuse("IVR012", node.span, f"a text is due here, not {kind_of(node)}")
        if not node.text.strip():
            binder.refuse("IVR006", node.span, "the text is empty", "write what is to be heard, or remove the key")
        pieces = tuple(split(node.text))
        faults = 0
        for piece in pieces:
            faults += _record(piece, node, binder.findings)
            if faults == MAX_FAULTS:
                break
        if faults:
            raise Unbound
        return cls(node.text, node.span, node, cast("_PIECES", pieces))

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """Any scalar: what stands in its braces, a schema cannot know."""
        return text()

    @property
    def is_static(self) -> bool:
        """True when nothing in it depends on the call."""
        # Words that follow each other are one piece.
        return len(self._pieces) == 1 and isinstance(self._pieces[0], str)

    @property
    def is_only_values(self) -> bool:
        """True when no word stands in it, so that it belongs to no language."""
        return not any(isinstance(piece, str) and piece.strip() for piece in self._pieces)

    @property
    def lone_name(self) -> Path | None:
        """The name whose value it is, unchanged; None where words or a format make a text of it."""
        only = self._only()
        return None if only is None or only.format is not None else only.path

    def check(self, scope: Scope, findings: Findings, *, spoken: bool = False) -> Type | None:
        """The type of the value that it gives, or None after findings (IVR021 to IVR024).

        Args:
            scope: the names of this place.
            findings: receives what does not fit.
            spoken: True for a prompt, which is always text: then a lone placeholder needs a format too.
        """
        only = self._only()
        if only is not None and only.format is None and not spoken:
            kind = self._type_of(only, scope, findings)
            self._keep_default(only, kind)
            return kind
        sound = [self._check_said(placeholder, scope, findings, spoken=spoken) for placeholder in self._placeholders()]
        return TEXT if all(sound) else None

    def check_for(self, target: Type, scope: Scope, findings: Findings, advice: str | None = None) -> bool:
        """True when its value can stand where a type is due; otherwise findings say why not.

        A static text is read as a value of that type: ``balance`` as one of the words of an enumeration.

        Args:
            target: the type that is due.
            scope: the names of this place.
            findings: receives what does not fit.
            advice: for a value of another type.
        """
        if self.is_static:
            return self._is_value_of(target, findings)
        kind = self.check(scope, findings)
        if kind is None or accepts(target, kind):
            return kind is not None
        only = self._only()
        if isinstance(kind, Maybe) and only is not None and accepts(target, kind.of):
            may_be_none(only.path, self._span(only), findings)
        else:
            advice = "a secret can only be passed to a parameter declared secret" if kind == SECRET else advice
            findings.error("IVR022", self.span, f"{target} is due here, not {kind}", advice)
        return False

    def evaluate(self, names: Names) -> Value:
        """The value of a checked template: of a lone placeholder its value, otherwise the text as it is written."""
        path = self.lone_name
        if path is not None:
            return value_at(path, names)
        return "".join(
            piece if isinstance(piece, str) else write(value_at(piece.path, names)) for piece in self._pieces
        )

    def value_as(self, target: Type, names: Names) -> Value:
        """The value where a type is due: a static text read as that type, anything else as ``evaluate`` gives it.

        Raises:
            ValueError: a static text that ``check_for`` would have refused.
        """
        return conform(self.evaluate(names), target) if self.is_static else self.evaluate(names)

    def parts(self, names: Names) -> tuple[Part, ...]:
        """Words and values, for an utterance; the formats that ``check`` found are used where none is written."""
        if self.is_static:
            return cast("tuple[str, ...]", self._pieces)
        return tuple(piece if isinstance(piece, str) else self._said(piece, names) for piece in self._pieces)

    def made_of(self, words: Mapping[Path, Sequence[str]]) -> Iterator[str]:
        """Every text that it can give where each of its names is one of these words."""
        paths = sorted(self.names())
        for chosen in product(*(words[path] for path in paths)):
            said = dict(zip(paths, chosen, strict=True))
            yield "".join(piece if isinstance(piece, str) else said[piece.path] for piece in self._pieces)

    def names(self) -> frozenset[Path]:
        """Every name that stands in it."""
        return with_indices(placeholder.path for placeholder in self._placeholders())

    def _placeholders(self) -> list[Placeholder]:
        return [piece for piece in self._pieces if isinstance(piece, Placeholder)]

    def _only(self) -> Placeholder | None:
        """The placeholder that the whole text is, if it is one."""
        only = self._pieces[0]
        return only if len(self._pieces) == 1 and isinstance(only, Placeholder) else None

    def _span(self, placeholder: Placeholder) -> Span:
        return inside(self._node, placeholder.start, placeholder.end)

    def _said(self, placeholder: Placeholder, names: Names) -> Said:
        value = cast("Scalar", value_at(placeholder.path, names))
        name = placeholder.format or self._defaults.get(placeholder.start) or _format_of(value)
        return Said(name, value)

    def _type_of(self, placeholder: Placeholder, scope: Scope, findings: Findings) -> Type | None:
        return type_of(placeholder.path, self._span(placeholder), scope, findings)

    def _check_said(self, placeholder: Placeholder, scope: Scope, findings: Findings, *, spoken: bool) -> bool:
        """True when the value can stand among words; its default format is kept."""
        kind = self._type_of(placeholder, scope, findings)
        if kind is None:
            return False
        span = self._span(placeholder)
        if kind == SECRET:
            advice = "pass it to a parameter declared secret"
            findings.error("IVR022", span, f'"{placeholder.name}" is a secret and is never said', advice)
        elif isinstance(kind, Maybe):
            may_be_none(placeholder.path, span, findings)
        elif kind == RECORDING and not spoken:
            advice = f'hand it on alone: "{{{placeholder.name}}}"'
            findings.error("IVR022", span, f'"{placeholder.name}" is a recording, which is heard, not written', advice)
        else:
            return self._check_format(placeholder, kind, findings)
        return False

    def _keep_default(self, placeholder: Placeholder, kind: Type | None) -> None:
        """Keep how a placeholder without a format is said: only now is its type known."""
        name = default_format(without_none(kind)) if kind is not None else None
        if placeholder.format is None and name is not None:
            self._defaults[placeholder.start] = name

    def _check_format(self, placeholder: Placeholder, kind: Type, findings: Findings) -> bool:
        self._keep_default(placeholder, kind)
        name = placeholder.format or default_format(kind)
        if name is not None and fits(name, kind):
            return True
        possible = formats_for(kind)
        if possible:
            advice = "write " + " or ".join(f"{{{placeholder.name}:{one}}}" for one in possible)
        else:
            advice = "compute a text in the query, or say each case behind a guard"
        how = f"in the format {placeholder.format}" if placeholder.format else "in a text"
        message = f'"{placeholder.name}" ({kind}) cannot be said {how}'
        findings.error("IVR024", self._span(placeholder), message, advice)
        return False

    def _is_value_of(self, target: Type, findings: Findings) -> bool:
        text = "".join(cast("tuple[str, ...]", self._pieces))
        try:
            conform(text, target)
        except ValueError:
            words = getattr(target.of if isinstance(target, Maybe) else target, "words", ())
            advice = did_you_mean(text, words) if words else None
            findings.error("IVR022", self.span, f'"{text}" is no value of the type {target}', advice)
            return False
        return True


def _record(piece: str | Placeholder | BraceFault, node: ScalarNode, findings: Findings) -> bool:
    """Record what is wrong with a piece; True when something is."""
    if isinstance(piece, BraceFault):
        findings.error("IVR025", inside(node, piece.start, piece.end), piece.message, piece.advice)
        return True
    if isinstance(piece, Placeholder) and piece.format is not None and piece.format not in FORMATS:
        advice = did_you_mean(piece.format, FORMATS)
        span = inside(node, piece.start, piece.end)
        findings.error("IVR024", span, f'there is no format "{piece.format}"', advice)
        return True
    return False


def _format_of(value: Scalar) -> str:
    """The format of a value in a template that was never checked."""
    match value:
        case Decimal():
            return "number"
        case date():
            return "date"
        case _:
            return "text"
