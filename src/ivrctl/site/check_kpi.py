"""What is wrong with the settings of figures: thresholds out of range, call fields and ratings that do not exist."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.scalars import Percentage
from ivrctl.lang.source import Word
from ivrctl.lang.types import Enumeration, without_none
from ivrctl.site.kpi import KpiSettings
from ivrctl.site.site_file import Site

ANSWER_IN = (timedelta(seconds=1), timedelta(hours=1))
ANSWER_SHARE = (Percentage(Decimal(50)), Percentage(Decimal(99)))
"""Below, nobody promises anything; the whole of it no number of people can."""
SHORT_ABANDON = (timedelta(), timedelta(minutes=1))
"""Who has waited for a minute has waited."""
INTERVALS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(days=1))
"""What reports of the field have; each lies wholly in the next."""


def check_kpi(site: Site, findings: Findings) -> None:
    """Report what figures could not be reckoned by."""
    _check_range(site.kpi, findings)
    for name in (site.kpi.reason, site.kpi.rating):
        if name is not None and name not in site.call_fields:
            advice = did_you_mean(name, site.call_fields) or "declare it under call_fields"
            findings.error("IVR205", name.span, f'the call field "{name}" does not exist', advice)
    _check_ratings(site, findings)


def _check_range(kpi: KpiSettings, findings: Findings) -> None:
    least, most = ANSWER_IN
    if not least <= kpi.answer_in <= most:
        findings.error("IVR208", kpi.span, f"answer_in is between 1s and 1h, not {kpi.answer_in.total_seconds():g}s")
    if not ANSWER_SHARE[0] <= kpi.answer_share <= ANSWER_SHARE[1]:
        findings.error("IVR208", kpi.span, f"answer_share is between 50% and 99%, not {kpi.answer_share}")
    least, most = SHORT_ABANDON
    if not least <= kpi.short_abandon <= most:
        seconds = kpi.short_abandon.total_seconds()
        findings.error("IVR208", kpi.span, f"short_abandon is between 0s and 1m, not {seconds:g}s")
    if kpi.interval not in INTERVALS:
        findings.error("IVR208", kpi.span, "an interval is 15m, 30m, 1h or 1d")


def _check_ratings(site: Site, findings: Findings) -> None:
    rating, satisfied = site.kpi.rating, site.kpi.satisfied
    if rating is None or rating not in site.call_fields:
        if satisfied:
            findings.error("IVR012", satisfied[0].span, "satisfied without a rating", "name the call field: rating")
        return
    kind = without_none(site.call_fields[rating])
    if not isinstance(kind, Enumeration):
        message = f'the rating "{rating}" is {kind}, and no list of words'
        findings.error("IVR205", rating.span, message, "such as [very_satisfied, satisfied, not_satisfied]")
        return
    for word in satisfied:
        if word not in kind.words:
            _tell_unknown(word, rating, kind, findings)
    if not satisfied:
        findings.error("IVR012", rating.span, "a rating without satisfied", f"one or more of {kind}")


def _tell_unknown(word: Word, rating: Word, kind: Enumeration, findings: Findings) -> None:
    advice = did_you_mean(word, kind.words) or f"one of {kind}"
    findings.error("IVR205", word.span, f'"{word}" is no rating of "{rating}"', advice)
