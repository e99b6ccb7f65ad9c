"""Texts: what is said, per language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Names, Scope
from ivrctl.lang.findings import Findings
from ivrctl.lang.schema import Schema, Schemas, offering, text, text_or_mapping
from ivrctl.lang.source import MappingNode, Node, Span
from ivrctl.lang.templates import Template
from ivrctl.model.utterance import Part, Utterance


@dataclass(frozen=True, slots=True)
class Text:
    """A text in each of the site's languages, or one template that serves them all.

    In YAML a mapping of language to text. A plain string is a text only in a one-language site, or when it holds
    nothing but values, since words belong to a language.
    """

    variants: Mapping[str, Template]
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a text; which languages it must have is asked later, by ``check``, when the site is known."""
        if isinstance(node, MappingNode):
            return cls(binder.bind(Mapping[str, Template], node), node.span)
        return cls({"": binder.bind(Template, node)}, node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A text for each language; those that the site says elsewhere are offered."""
        languages = {
            name: offering(text(), schemas.part("languages", name, "texts")) for name in schemas.names("languages")
        }
        return {**text_or_mapping(), "properties": languages, "additionalProperties": text()}

    def check(self, languages: tuple[str, ...], scope: Scope, findings: Findings) -> None:
        """Report missing and unknown languages, and what is wrong in the placeholders."""
        self._check_languages(languages, findings)
        for template in self.variants.values():
            template.check(scope, findings, spoken=True)

    def check_fixed(self, languages: tuple[str, ...], findings: Findings) -> None:
        """Report missing and unknown languages, and values: a text that belongs to no one call has none to say."""
        self._check_languages(languages, findings)
        for template in self.variants.values():
            if not template.is_static:
                message = "this text belongs to no one call and cannot say its values"
                findings.error("IVR024", template.span, message, "write it without braces")

    def _check_languages(self, languages: tuple[str, ...], findings: Findings) -> None:
        if "" in self.variants:
            if len(set(languages)) > 1 and not self.variants[""].is_only_values:
                advice = "write one text per language: {" + ", ".join(f"{name}: …" for name in languages) + "}"
                findings.error("IVR201", self.span, "a text without a language in a site of several", advice)
            return
        missing = [name for name in dict.fromkeys(languages) if name not in self.variants]
        if missing:
            names = " and ".join(f'"{name}"' for name in missing)
            advice = "add " + ", ".join(f"{name}: …" for name in missing)
            findings.error("IVR201", self.span, f"the text lacks the language {names}", advice)
        for name, template in self.variants.items():
            if name not in languages:
                known = ", ".join(languages)
                findings.error("IVR201", template.span, f'the site has no language "{name}"', f"its languages: {known}")

    @property
    def is_static(self) -> bool:
        """True when nothing in it depends on the call, in any language."""
        return all(template.is_static for template in self.variants.values())

    def say(self, language: str, names: Names) -> Utterance:
        """The utterance in a language, with the values of this call."""
        return Utterance(language, self.parts(language, names))

    def parts(self, language: str, names: Names) -> tuple[Part, ...]:
        """What the utterance in a language is made of, for one that is said in a breath with others."""
        template = self.variants[language] if language in self.variants else self.variants[""]
        return template.parts(names)

    def said(self, language: str) -> Utterance:
        """The utterance in a language with nothing in the places of values: what can be made before any call."""
        return self.say(language, _NO_VALUES)


class _NoValues:
    """Names without values, for what is made before any call."""

    def value_of(self, _path: tuple[str, ...]) -> str:
        """Nothing."""
        return ""


_NO_VALUES = _NoValues()
