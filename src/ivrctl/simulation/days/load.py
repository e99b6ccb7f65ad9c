"""From the bytes of a site's day files to what they say, or to findings with their places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one
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
    bound = {_name(path): file for path in sorted(files) if (file := _bind(path, files[path], findings)) is not None}
    for file in bound.values():
        check_day_file(file, site, findings)
    return {name: file for name, file in bound.items() if not findings.has_errors_in(file.span.path)}


def _bind(path: str, content: bytes, findings: Findings) -> DayFile | None:
    if not path.endswith(SUFFIX):
        return None
    node = load_one(content, path, findings)
    if node is None:
        return None
    try:
        file: DayFile = Binder(findings).bind(DayFile, node)
    except Unbound:
        return None
    return file


def _name(path: str) -> str:
    return PurePath(path).name.removesuffix(SUFFIX)
