"""What a site file must hold beyond its shape: languages that exist, statements that only read, texts complete."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from ivrctl.lang.binder import Binder, Unbound, beginning
from ivrctl.lang.findings import MAX_QUOTED, Findings, did_you_mean, shortened
from ivrctl.lang.names import RecordScope
from ivrctl.lang.source import Node, Span, Word
from ivrctl.lang.types import DIGITS, EXTENSION, QUEUE, RECORDING, SECRET, without_none
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.site.agents import with_profiles
from ivrctl.site.check_agents import check_agents
from ivrctl.site.check_hours import check_hours, check_years
from ivrctl.site.check_identity import check_identity
from ivrctl.site.check_interfaces import check_interfaces
from ivrctl.site.check_kpi import check_kpi
from ivrctl.site.check_lookups import check_lookup
from ivrctl.site.check_notices import check_notices
from ivrctl.site.check_submissions import check_submissions
from ivrctl.site.check_tiers import check_tiers
from ivrctl.site.off_peak import check_off_peak
from ivrctl.site.settings import Setting
from ivrctl.site.site_file import (
    IDENTIFIER,
    KEY,
    KEY_WAIT,
    MAX_ATTEMPTS,
    QUEUE_NAME,
    SHORTEST,
    Keying,
    Site,
)
from ivrctl.site.text import Text

LEAST_SILENCE = timedelta(seconds=1)
"""Callers do not notice less."""

COUNTRY = re.compile(r"[A-Z]{2}")
"""ISO 3166 codes."""

LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
"""ISO 639 codes."""

TIME_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}\Z")
"""How the names of the tz database are written; another text is not looked for among the files of the system."""

OWN_CALL_NAMES = frozenset({"line", "language"})
"""What ``call.`` holds besides the site's fields."""


def bind_site(node: Node, findings: Findings) -> Site | None:
    """Bind and check a site file; None when it is unusable, with the reasons in the findings."""
    try:
        site: Site = Binder(findings).bind(Site, node)
    except Unbound:
        return None
    _check_place(site, findings)
    _check_names(site, findings)
    _check_secrets(site, findings)
    _check_recordings(site, findings)
    _check_extensions(site, findings)
    _check_boxes(site, findings)
    _check_keying(site.keying, findings)
    check_notices(site, findings)
    if site.limits.keys_to_person < 1 or site.limits.silence < LEAST_SILENCE:
        message = "a limit is one key at least, and one second of silence"
        findings.error("IVR208", site.limits.span, message)
    for name, hours in site.hours.items():
        check_hours(name, hours, findings)
    check_tiers(site, findings)
    check_kpi(site, findings)
    check_agents(site, findings)
    for setting in site.settings.values():
        _check_setting(setting, site, findings)
    for text in shared_texts(site):
        if text is site.prompts.confirm:
            text.check(site.languages, RecordScope({"it": DIGITS}), findings)
        elif text is not site.prompts.off_peak:
            text.check_fixed(site.languages, findings)
    check_off_peak(site, findings)
    check_interfaces(site, findings)
    for lookup in site.lookups.values():
        check_lookup(lookup, site, findings)
    if site.directory is not None:
        check_lookup(site.directory.asked, site, findings)
    check_submissions(site, findings)
    check_identity(site, findings)
    return replace(site, agents=with_profiles(site.agents, site.profiles))


def check_day(site: Site, today: date, findings: Findings) -> None:
    """Report what a site does not know of the days to come."""
    for name, hours in site.hours.items():
        check_years(name, hours, today, findings)


def shared_texts(site: Site) -> tuple[Text, ...]:
    """The texts that every flow shares, in the order of the site file's keys; the questions of methods behind them."""
    prompts = site.prompts
    texts = (prompts.no_input, prompts.no_match, prompts.one_moment, prompts.fallback)
    others = (prompts.confirm, prompts.agents_only, prompts.not_verified)
    advised = (prompts.off_peak, prompts.off_peak_otherwise)
    methods = site.identity.values()
    asked = [method.account.ask for method in methods] + [
        method.pin.ask for method in methods if method.pin is not None
    ]
    return (*texts, *(text for text in (*others, *advised) if text is not None), *asked)


def _check_place(site: Site, findings: Findings) -> None:
    _check_languages(site, findings)
    if not _is_time_zone(site.time_zone):
        near = did_you_mean(site.time_zone[:MAX_QUOTED], zoneinfo.available_timezones())
        advice = near or "such as Europe/Berlin (tz database)"
        message = f'the time zone "{shortened(site.time_zone)}" does not exist'
        findings.error("IVR202", site.time_zone.span, message, advice)
    if not re.fullmatch(r"[A-Z]{3}", site.currency):
        findings.error("IVR202", site.currency.span, f'"{site.currency}" is no currency code', "such as CNY (ISO 4217)")
    country = site.numbers.country
    if not COUNTRY.fullmatch(country):
        findings.error("IVR202", country.span, f'"{country}" is no country code', "such as CN (ISO 3166)")


def _is_time_zone(name: str) -> bool:
    if not TIME_ZONE.match(name):
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_languages(site: Site, findings: Findings) -> None:
    if not site.languages:
        findings.error("IVR202", beginning(site.span), "the site speaks no language", "such as languages: [zh, en]")
    for index, language in enumerate(site.languages):
        if not LANGUAGE.match(language):
            findings.error("IVR202", language.span, f'"{language}" is no language code', "such as zh or en (ISO 639)")
        elif language in site.languages[:index]:
            findings.error("IVR202", language.span, f'the language "{language}" stands twice', "remove one")
    for spoken, voice in site.voices.items():
        if spoken not in site.languages:
            known = ", ".join(site.languages)
            message = f'a voice for "{spoken}", which the site does not speak'
            findings.error("IVR202", voice.span, message, f"its languages: {known}")


def _check_keying(keying: Keying, findings: Findings) -> None:
    if not 1 <= keying.attempts <= MAX_ATTEMPTS:
        findings.error("IVR208", keying.span, f"attempts is between 1 and {MAX_ATTEMPTS}, not {keying.attempts}")
    least, most = KEY_WAIT
    for name, wait in (("first_digit", keying.first_digit), ("between", keying.between)):
        if not least <= wait <= most:
            findings.error("IVR208", keying.span, f"{name} is between 100ms and 5m, not {wait.total_seconds():g}s")


def _check_names(site: Site, findings: Findings) -> None:
    groups: tuple[Mapping[str, object], ...] = (
        site.databases,
        site.http,
        site.lookups,
        site.submissions,
        site.voicemail,
        site.call_fields,
        site.hours,
        site.regions,
        site.settings,
        site.tiers,
    )
    for name in (*(name for group in groups for name in group), *site.brands):
        if isinstance(name, Word) and not IDENTIFIER.match(name):
            advice = "letters, digits, - and _, a letter first"
            findings.error("IVR206", name.span, f'"{name}" cannot be a name', advice)
    for name in site.queues:
        if isinstance(name, Word) and not QUEUE_NAME.match(name):
            advice = "letters, digits, - and _, a letter or digit first"
            findings.error("IVR206", name.span, f'"{name}" cannot be a name', advice)
    for name in site.call_fields:
        if isinstance(name, Word) and name in OWN_CALL_NAMES:
            message = f'"{name}" cannot be a call field: call.{name} is ivrctl\'s own'
            findings.error("IVR206", name.span, message, "take another name")
    for queue in site.queues.values():
        for key in queue.keys:
            if not KEY.match(key):
                findings.error("IVR206", key.span, f'"{key}" is no key of a telephone', "one of 0-9 * #")


def _check_secrets(site: Site, findings: Findings) -> None:
    """A secret comes from the caller, and goes to a parameter: nothing else has this type."""
    for name, kind in site.call_fields.items():
        if without_none(kind) == SECRET:
            message = f'the call field "{name}" would keep a secret: fields go into the record and to the agent'
            findings.error("IVR217", _place_of(name, site.span), message, "remove it")
    for lookup in site.lookups.values():
        for name, kind in lookup.returns.items():
            if without_none(kind) == SECRET:
                message = f'the lookup returns a secret, "{name}"'
                findings.error("IVR217", _place_of(name, lookup.span), message, "compare it in the statement instead")


def _check_recordings(site: Site, findings: Findings) -> None:
    """A recording is the message of a flow: what outlives the flow, or answers it, cannot be one."""
    declared = {"a call field": (site.call_fields, site.span)}
    for name, lookup in site.lookups.items():
        declared[f'a value of the lookup "{name}"'] = ({**lookup.params, **lookup.returns}, lookup.span)
    for owner, (kinds, span) in declared.items():
        for name, kind in kinds.items():
            if without_none(kind) == RECORDING:
                advice = "hand it to a submission, or by gosub to another flow"
                findings.error("IVR218", _place_of(name, span), f'"{name}", {owner}, cannot be a recording', advice)


def _place_of(name: str, otherwise: Span) -> Span:
    return name.span if isinstance(name, Word) else otherwise


def _check_boxes(site: Site, findings: Findings) -> None:
    least, most = SHORTEST
    for box in site.voicemail.values():
        if not least <= box.shortest <= most:
            message = f"shortest is between 1s and 1m, not {box.shortest.total_seconds():g}s"
            findings.error("IVR208", beginning(box.span), message)


def _check_extensions(site: Site, findings: Findings) -> None:
    for pattern, dial_string in site.extensions.items():
        try:
            DialPattern.parse(pattern)
        except ValueError as error:
            span = pattern.span if isinstance(pattern, Word) else dial_string.span
            findings.error("IVR206", span, f'"{pattern}" is no number and no pattern', str(error))


def _check_setting(setting: Setting, site: Site, findings: Findings) -> None:
    if setting.type == QUEUE and setting.value not in site.queues:
        message, known = f'the queue "{setting.value}" does not exist', site.queues
        advice = did_you_mean(str(setting.value), known) or "declare it under queues"
        findings.error("IVR205", setting.span, message, advice)
    if setting.type == EXTENSION and site.dial_string(str(setting.value)) is None:
        advice = did_you_mean(str(setting.value), site.extensions) or "declare it under extensions"
        findings.error("IVR205", setting.span, f'the site has no extension "{setting.value}"', advice)
