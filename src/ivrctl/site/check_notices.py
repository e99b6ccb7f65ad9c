"""What a site file says of notices and tokens must hold together."""

from __future__ import annotations

from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.site.notices import BEFORE, NoticeSettings
from ivrctl.site.site_file import IDENTIFIER, Site


def check_notices(site: Site, findings: Findings) -> None:
    """Report names that cannot be an author's, and reminders that nobody could get."""
    for name in {} if site.api is None else site.api.tokens:
        if isinstance(name, Word) and not IDENTIFIER.match(name):
            advice = "letters, digits, - and _, a letter first"
            findings.error("IVR206", name.span, f'"{name}" cannot be a name', advice)
    if site.notices is not None:
        _check_remind(site.notices, findings)


def _check_remind(settings: NoticeSettings, findings: Findings) -> None:
    if settings.remind is None:
        return
    least, most = BEFORE
    if not least <= settings.remind.before <= most:
        message = f"before is between 1m and 1d, not {settings.remind.before.total_seconds():g}s"
        findings.error("IVR208", settings.remind.span, message)
