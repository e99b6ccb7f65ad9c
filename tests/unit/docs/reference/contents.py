"""The pages of the reference by file name, each made from the code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from . import (
    actions,
    command_line,
    day_files,
    dialplan,
    files,
    flow_files,
    http_api,
    rules,
    scenarios,
    site_file,
    staffing_files,
    values,
)

PAGES = {
    "actions.md": actions.page,
    "command-line.md": command_line.page,
    "day-files.md": day_files.page,
    "dialplan.md": dialplan.page,
    "files.md": files.page,
    "flow-files.md": flow_files.page,
    "http-api.md": http_api.page,
    "rules.md": rules.page,
    "scenarios.md": scenarios.page,
    "site-file.md": site_file.page,
    "staffing-files.md": staffing_files.page,
    "values.md": values.page,
}
"""What makes each page."""


@cache
def contents() -> Mapping[str, str]:
    """Every page as it should be."""
    return {name: page().rstrip("\n") + "\n" for name, page in PAGES.items()}
