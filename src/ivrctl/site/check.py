"""What a site file must hold beyond its shape: languages that exist, statements that only read, texts complete."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Mapping

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Node, Word
from ivrctl.lang.types import Type
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.site.site_file import IDENTIFIER, KEY, Lookup, Site
from ivrctl.site.text import Text

LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
"""ISO 639 codes."""

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WRITES = re.compile(
    r"\b(insert|update|delete|drop|alter|create|replace|attach|pragma|truncate|grant|copy)\b", re.IGNORECASE
)


def bind_site(node: Node, findings: Findings) -> Site | None:
    """Bind and check a site file; None when it is unusable, with the reasons in the findings."""
    try:
        site: Site = Binder(findings).bind(Site, node)
    except Unbound:
        return None
    _check_place(site, findings)
    _check_names(site, findings)
    for text in shared_texts(site):
        text.check(site.languages, NO_SCOPE, findings)
    for lookup in site.lookups.values():
        _check_lookup(lookup, site, findings)
    return site


def shared_texts(site: Site) -> tuple[Text, ...]:
    """The texts that every flow shares, in the order of the site file's keys."""
    prompts = site.prompts
    return (prompts.no_input, prompts.no_match, prompts.one_moment, prompts.fallback)


class _NoScope:
    """The scope of texts that belong to no call: no name exists there."""

    def type_of(self, _path: tuple[str, ...]) -> Type | None:
        """No name is known."""
        return None

    def candidates(self, _path: tuple[str, ...]) -> Iterable[str]:
        """Nothing to suggest."""
        return ()


NO_SCOPE = _NoScope()


def _check_place(site: Site, findings: Findings) -> None:
    for language in site.languages:
        if not LANGUAGE.match(language):
            findings.error("IVR202", language.span, f'"{language}" is no language code', "such as zh or en (ISO 639)")
    try:
        zoneinfo.ZoneInfo(site.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        advice = did_you_mean(site.time_zone, zoneinfo.available_timezones())
        findings.error("IVR202", site.time_zone.span, f'the time zone "{site.time_zone}" does not exist', advice)
    if not re.fullmatch(r"[A-Z]{3}", site.currency):
        findings.error("IVR202", site.currency.span, f'"{site.currency}" is no currency code', "such as CNY (ISO 4217)")
    country = site.numbers.country
    if not re.fullmatch(r"[A-Z]{2}", country):
        findings.error("IVR202", country.span, f'"{country}" is no country code', "such as CN (ISO 3166)")
    for spoken, voice in site.voices.items():
        if spoken not in site.languages:
            findings.error("IVR202", voice.span, f'a voice for "{spoken}", which the site does not speak')


def _check_names(site: Site, findings: Findings) -> None:
    groups: tuple[Mapping[str, object], ...] = (site.databases, site.lookups, site.queues, site.call_fields)
    for group in groups:
        for name in group:
            if isinstance(name, Word) and not IDENTIFIER.match(name):
                findings.error(
                    "IVR206", name.span, f'"{name}" cannot be a name', "letters, digits, - and _, a letter first"
                )
    for pattern in site.extensions:
        try:
            DialPattern.parse(pattern)
        except ValueError as error:
            span = site.extensions[pattern].span
            findings.error("IVR206", span, f'"{pattern}" is no number and no pattern', str(error))
    for queue in site.queues.values():
        for key in queue.keys:
            if not KEY.match(key):
                findings.error("IVR206", key.span, f'"{key}" is no key of a telephone', "one of 0-9 * #")


def _check_lookup(lookup: Lookup, site: Site, findings: Findings) -> None:
    if lookup.database not in site.databases:
        message = f'the database "{lookup.database}" does not exist'
        findings.error("IVR205", lookup.database.span, message, did_you_mean(lookup.database, site.databases))
    statement = _QUOTED.sub(" ", lookup.sql).strip().rstrip(";")
    if ";" in statement or not re.match(r"(select|with)\b", statement, re.IGNORECASE) or _WRITES.search(statement):
        findings.error(
            "IVR204", lookup.sql.span, "a lookup is one statement that reads", "one SELECT without a semicolon"
        )
    asked = set(_PARAMETER.findall(statement))
    for name in sorted(asked - set(lookup.params)):
        findings.error("IVR204", lookup.sql.span, f"the statement asks for :{name}, which params does not declare")
    for name in lookup.params:
        if name not in asked:
            span = name.span if isinstance(name, Word) else lookup.span
            findings.error("IVR204", span, f'the statement never uses the parameter "{name}"')
    if not lookup.returns:
        findings.error("IVR204", lookup.span, "a lookup returns at least one field", "returns: {amount: money}")
