"""Whether what a file says is within what can be meant."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.lang.findings import Findings
from ivrctl.lang.schema import written_duration
from ivrctl.staffing.policy_files.written import Count, Duration


def check_duration(
    name: str, given: Duration | None, within: tuple[timedelta, timedelta], findings: Findings, rule: str = "IVR505"
) -> None:
    """Report a duration out of range."""
    least, most = within
    if given is not None and not least <= given.length <= most:
        between = f"{written_duration(least)} and {written_duration(most)}"
        findings.error(rule, given.span, f"{name} is between {between}, not {given}")


def check_count(
    name: str, given: Count | None, within: tuple[int, int], findings: Findings, rule: str = "IVR505"
) -> None:
    """Report a number out of range."""
    least, most = within
    if given is not None and not least <= given.number <= most:
        findings.error(rule, given.span, f"{name} is between {least} and {most}, not {given}")
