"""What every part of a synthetic day is asked: whether its names are known, and its shares shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Word
from ivrctl.staffing.policy_files.thresholds import Share


def check_known(what: str, names: Iterable[Word], known: Mapping[str, object], key: str, findings: Findings) -> None:
    """Report names that the site has not."""
    for name in names:
        if name not in known:
            advice = did_you_mean(name, known) or f"declare it under {key} in ivrctl.yaml"
            findings.error("IVR601", name.span, f'the {what} "{shortened(name)}" does not exist', advice)


def check_share(name: str, given: Share | None, findings: Findings) -> None:
    """Report a share that is none."""
    if given is not None and not 0 <= (given.amount or 0) <= 1:
        findings.error("IVR604", given.span, f"{name} is between 0% and 100%, not {given.written}")
