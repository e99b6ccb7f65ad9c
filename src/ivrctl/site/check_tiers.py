"""What is wrong with tiers and brands of customers: promises that nobody can keep, names that stand twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span, Word
from ivrctl.site.site_file import Site
from ivrctl.site.tiers import MAX_PRIORITY, Tier

ANSWER = (timedelta(seconds=1), timedelta(hours=1))
"""What can be promised to a caller who waits, at least and at most: app_queue counts whole seconds."""

CALLBACK = (timedelta(minutes=1), timedelta(days=30))
"""What can be promised to a caller who is called back, at least and at most."""


def check_tiers(site: Site, findings: Findings) -> None:
    """Report promises and priorities out of range or at odds, tiers that say nothing, brands that stand twice."""
    for name, tier in site.tiers.items():
        _check_tier(name, tier, findings)
    _check_order(site.tiers, findings)
    for index, brand in enumerate(site.brands):
        if brand in site.brands[:index]:
            findings.error("IVR252", brand.span, f'the brand "{brand}" stands twice', "remove one")


def _check_tier(name: str, tier: Tier, findings: Findings) -> None:
    span = _place_of(name, tier)
    if not 0 <= tier.priority <= MAX_PRIORITY:
        message = f'the priority of the tier "{name}" is between 0 and {MAX_PRIORITY}, not {tier.priority}'
        findings.error("IVR250", span, message)
    _check_promise(f'the answer of the tier "{name}" is between 1s and 1h', tier.answer, ANSWER, span, findings)
    _check_promise(f'the callback of the tier "{name}" is between 1m and 30d', tier.callback, CALLBACK, span, findings)
    if tier.priority == 0 and tier.answer is None and tier.callback is None:
        message = f'the tier "{name}" has no priority and promises nothing'
        findings.warning("IVR253", span, message, "add answer, callback or priority")


def _check_promise(
    bounds: str, promise: timedelta | None, within: tuple[timedelta, timedelta], span: Span, findings: Findings
) -> None:
    least, most = within
    if promise is not None and not least <= promise <= most:
        findings.error("IVR251", span, f"{bounds}, not {promise.total_seconds():g}s")


def _check_order(tiers: Mapping[str, Tier], findings: Findings) -> None:
    """Who is promised more than others and waits behind them is promised what the queues do not give."""
    for name, tier in tiers.items():
        for other, behind in tiers.items():
            if tier.answer is None or behind.answer is None or tier.answer >= behind.answer:
                continue
            if tier.priority < behind.priority:
                message = f'the tier "{name}" is promised an answer before "{other}", and waits behind it'
                findings.warning(
                    "IVR254", _place_of(name, tier), message, f"give it a priority of {behind.priority} or more"
                )
                break


def _place_of(name: str, tier: Tier) -> Span:
    return name.span if isinstance(name, Word) else tier.span
