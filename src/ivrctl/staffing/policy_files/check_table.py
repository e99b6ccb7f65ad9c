"""What is wrong with the table: comparing its numbers with each other proves that no value both brings and releases."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import timedelta

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings
from ivrctl.lang.schema import written_duration
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.policy_files.policy_file import PolicyFile
from ivrctl.staffing.policy_files.thresholds import NEVER, Row, Threshold

RANGES: Mapping[Measure, tuple[float, float, str]] = {
    Measure.LONGEST_WAIT: (0, 4 * 3600, "0s and 4h"),
    Measure.WAITING_PER_AVAILABLE: (0, 1000, "0 and 1000"),
    Measure.SERVICE_LEVEL: (0, 1, "0% and 100%"),
    Measure.EXPECTED_WAIT: (0, 4 * 3600, "0s and 4h"),
    Measure.ABANDON_SHARE: (0, 1, "0% and 100%"),
    Measure.FORECAST_SHORTFALL: (0, 10_000, "0 and 10000"),
    Measure.PROMISE_USED: (0, 10, "0% and 1000%"),
}
"""What each figure can be, at least and at most, and as it is written."""

WAITS = (Measure.LONGEST_WAIT, Measure.EXPECTED_WAIT)


def check_table(file: PolicyFile, site: Site, findings: Findings) -> None:
    """Report rows that do not fit the tiers, the range of what they measure, or themselves."""
    names = [str(entry.tier) for entry in file.tiers]
    for measure, row in file.triggers.rows.items():
        _check_count(measure, row, names, findings)
        if _check_ranges(measure, row, findings):
            _check_order(measure, row, names, findings)
            _check_release(measure, row, names, findings)
    _check_promises(file, site, findings)


def _check_count(measure: Measure, row: Row, names: list[str], findings: Findings) -> None:
    given = len(row.engage)
    if given == len(names):
        return
    values = "1 value" if given == 1 else f"{given} values"
    tiers = "1 tier" if len(names) == 1 else f"{len(names)} tiers"
    place = row.engage[len(names)].span if given > len(names) else beginning(row.span)
    advice = f"one for each of {', '.join(names)}; {NEVER} where it is not to bring one" if names else None
    findings.error("IVR510", place, f"{measure} has {values} for {tiers}", advice)


def _check_ranges(measure: Measure, row: Row, findings: Findings) -> bool:
    """Report values that the figure cannot have; True when there is none."""
    least, most, between = RANGES[measure]
    wrong = [
        value for value in (*row.engage, row.release) if value.amount is not None and not least <= value.amount <= most
    ]
    for value in wrong:
        findings.error("IVR511", value.span, f"{measure} is between {between}, not {value.written}")
    return not wrong


def _severity(measure: Measure, value: Threshold) -> float:
    """How bad things are at a value: greater is worse, and ``never`` is beyond everything."""
    if value.amount is None:
        return float("inf")
    return -value.amount if measure.is_low_bad else value.amount


def _check_order(measure: Measure, row: Row, names: list[str], findings: Findings) -> None:
    """Report a tier that would be wanted before the one that comes before it."""
    for (name, value), (later, beyond) in itertools.pairwise(zip(names, row.engage, strict=False)):
        if _severity(measure, beyond) >= _severity(measure, value):
            continue
        if value.amount is None:
            message = f'by {measure} "{name}" never comes, and "{later}" behind it at {beyond.written}'
            findings.error("IVR512", beyond.span, message, f"write {NEVER} here too, or a value for {name}")
        else:
            message = f'"{later}" would be wanted at {beyond.written}, before "{name}" at {value.written}'
            side = "less" if measure.is_low_bad else "more"
            findings.error("IVR512", beyond.span, message, f"write {value.written} or {side}")


def _check_release(measure: Measure, row: Row, names: list[str], findings: Findings) -> None:
    """Report a release value at which a tier would be wanted at the same moment."""
    engaging = [(value, name) for name, value in zip(names, row.engage, strict=False) if value.amount is not None]
    if not engaging or row.release.amount is None:
        return
    nearest, name = min(engaging, key=lambda pair: _severity(measure, pair[0]))
    if _severity(measure, row.release) < _severity(measure, nearest):
        return
    message = f'{measure} would be calm at {row.release.written}, where it brings "{name}" in ({nearest.written})'
    side = "more" if measure.is_low_bad else "less"
    findings.error("IVR513", row.release.span, message, f"write {side} than {nearest.written}")


def _check_promises(file: PolicyFile, site: Site, findings: Findings) -> None:
    """Report rows that bring the first tier when every promise is broken, and one that measures promises of nobody."""
    promised = [tier.answer for tier in site.tiers.values() if tier.answer is not None]
    used = file.triggers.promise_used
    if not promised:
        if used is not None:
            message = "no tier of customers is promised an answer: promise_used stays at 0%, and brings nobody"
            advice = "add answer to a tier under tiers in ivrctl.yaml, or remove the row"
            findings.error("IVR515", beginning(used.span), message, advice)
        return
    longest = max(promised)
    for measure in WAITS:
        row = file.triggers.rows.get(measure)
        if row is not None and row.engage and _is_beyond(row.engage[0], longest.total_seconds()):
            _tell_beyond(row.engage[0], written_duration(longest), longest, findings)
    if used is not None and used.engage and _is_beyond(used.engage[0], 1):
        _tell_beyond(used.engage[0], "100%", longest, findings)


def _is_beyond(value: Threshold, limit: float) -> bool:
    return value.amount is not None and value.amount >= limit


def _tell_beyond(value: Threshold, limit: str, longest: timedelta, findings: Findings) -> None:
    message = f"the first tier would come at {value.written}; at {written_duration(longest)} every promise is broken"
    findings.warning("IVR514", value.span, message, f"write less than {limit}")
