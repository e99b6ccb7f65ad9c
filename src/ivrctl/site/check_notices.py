"""What a site file says of notices and tokens must hold together."""

from __future__ import annotations

from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Word
from ivrctl.lang.types import TEXT, Maybe, accepts
from ivrctl.site.notices import BEFORE, REMINDER_PARAMS, Remind
from ivrctl.site.site_file import IDENTIFIER, Site


def check_notices(site: Site, findings: Findings) -> None:
    """Report names that cannot be an author's, and reminders that nobody could get."""
    for name in {} if site.api is None else site.api.tokens:
        if isinstance(name, Word) and not IDENTIFIER.match(name):
            advice = "letters, digits, - and _, a letter first"
            findings.error("IVR206", name.span, f'"{name}" cannot be a name', advice)
    if site.notices is not None and site.notices.remind is not None:
        _check_remind(site.notices.remind, site, findings)


def _check_remind(remind: Remind, site: Site, findings: Findings) -> None:
    least, most = BEFORE
    if not least <= remind.before <= most:
        message = f"before is between 1m and 1d, not {remind.before.total_seconds():g}s"
        findings.error("IVR208", remind.span, message)
    submission = site.submissions.get(remind.to)
    if submission is None:
        near = did_you_mean(remind.to, site.submissions) or "declare it under submissions"
        findings.error("IVR205", remind.to.span, f'the submission "{remind.to}" does not exist', near)
        return
    for name, kind in submission.params.items():
        place = name.span if isinstance(name, Word) else submission.span
        if name not in REMINDER_PARAMS and not isinstance(kind, Maybe):
            advice = did_you_mean(name, REMINDER_PARAMS)
            findings.error("IVR245", place, f'no notice has "{name}", which this submission needs', advice)
        elif name in REMINDER_PARAMS and not accepts(kind, TEXT):
            findings.error("IVR245", place, f'"{name}" of a notice is a text, not {kind}', f"write {name}: text")
