"""From the bytes of a site's day files to what they say, or to findings with their places."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.findings import Findings
from ivrctl.lang.named_files import bound_files
from ivrctl.simulation.days.check import check_day_file
from ivrctl.simulation.days.day_file import SUFFIX, DayFile
from ivrctl.site.site_file import Site


def read_days(files: Mapping[str, bytes], site: Site, findings: Findings) -> Mapping[str, DayFile]:
    """Bind and check every day file of a site; other files are passed over.

    Args:
        files: path as it is to be shown in findings -> content.
        site: what the days name.
        findings: receives what is wrong.

    Returns:
        The days by name, in the order of their names, of the files that have no error.
    """
    bound = bound_files(DayFile, SUFFIX, files, findings)
    for file in bound.values():
        check_day_file(file, site, findings)
    return {name: file for name, file in bound.items() if not findings.has_errors_in(file.span.path)}
