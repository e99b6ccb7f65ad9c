"""``ivrctl diff``: which callers fare otherwise on another version of a site."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ivrctl.adapters.git_revision import read_revision
from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.explore import MOST_SECONDS, explored
from ivrctl.cli.progress import walked
from ivrctl.cli.sites import SITE_FILE, compiled, is_there, site_folder
from ivrctl.cli.telephone import example_caller
from ivrctl.errors import ConfigurationError
from ivrctl.flow.exploring.comparing import Comparer, compared_lines
from ivrctl.flow.exploring.survey import survey
from ivrctl.flow.flow_file import SUFFIX
from ivrctl.service.numbering import normalised

if TYPE_CHECKING:
    from ivrctl.flow.exploring.comparing import Comparison
    from ivrctl.flow.exploring.differences import Kind
    from ivrctl.flow.program import Program

ADVICE = "name a site's folder, a flow's file, or a git revision such as HEAD~1 or main:flows"


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two sides: the files of a site, and how they are named."""

    name: str
    files: Mapping[str, bytes]
    flow: str | None = None
    """The one flow that is meant; None for all of them."""


def run(before: str, now: str, *, most_states: int, as_json: bool) -> None:
    """Compare, and tell; exit code 1 when some callers fare otherwise."""
    versions = _versions(before, now or str(site_folder(None)))
    programs = [compiled(each.files, each.name) for each in versions]
    flow = next((each.flow for each in versions if each.flow is not None), None)
    found = _compared(programs[0], programs[1], flow, most_states)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(found)
    if found.differences:
        raise SystemExit(FINDINGS)


def _compared(before: Program, now: Program, flow: str | None, most_states: int) -> Comparison:
    numbers = now.site.numbers
    caller = normalised(example_caller(str(numbers.country)), numbers)
    comparer = Comparer(before, now, datetime.now(UTC), caller, most_states)
    found = comparer.comparison
    lines = _lines(before, now, flow)
    began = time.monotonic()
    for done in comparer.walk(lines):
        walked(done, "states")
        if time.monotonic() - began > MOST_SECONDS:
            comparer.stop(f"only {MOST_SECONDS:g} s were spent, and there is more")
            break
    walked(None, "states")
    surveys = [survey(explored(each, lines & each.lines.keys(), most_states)) for each in (before, now)]
    found.differences += compared_lines(*surveys)
    met = dict.fromkeys(bound for each in surveys for bound in each.bounds)
    found.bounds += [bound for bound in met if bound not in found.bounds]
    return found


def _lines(before: Program, now: Program, flow: str | None) -> frozenset[str]:
    """The lines that are meant: those of a flow in either version, or all; all too for a flow that has none."""
    every = frozenset((*before.lines, *now.lines))
    own = {line for program in (before, now) for line, (owner, _) in program.lines.items() if owner == flow}
    return frozenset(own) or every


# what is compared


def _versions(before: str, now: str) -> tuple[Version, Version]:
    """The two sides; one that is a flow's file alone, or a revision without a folder, is of the other's site.

    Raises:
        ConfigurationError: one of them is nothing that can be compared.
    """
    folders = [folder for folder in map(_folder, (before, now)) if folder is not None]
    folder = folders[0] if folders else site_folder(None)
    sides = [_version(each, folder) for each in (before, now)]
    first, second = (_in_site_of(side, other) for side, other in ((sides[0], sides[1]), (sides[1], sides[0])))
    return first, second


def _folder(named: str) -> Path | None:
    """The site's folder that is named, or that a named flow lies in; None for anything else."""
    path = Path(named)
    if not is_there(path):
        return None
    if path.is_dir():
        return path
    return path.parent if path.is_file() and (path.parent / SITE_FILE).is_file() else None


def _version(named: str, folder: Path) -> Version:
    path = Path(named)
    is_path = is_there(path)
    if is_path and path.is_dir():
        return Version(named, read_site(path))
    if is_path and path.is_file():
        flow = path.name.removesuffix(SUFFIX) if path.name.endswith(SUFFIX) else None
        if (path.parent / SITE_FILE).is_file():
            return Version(str(path.parent), read_site(path.parent), flow)
        if flow is not None:
            return Version(named, {named: path.read_bytes()}, flow)
    if named.startswith((".", "/")) or named.endswith((".yaml", ".yml")):
        raise ConfigurationError(f"{named} does not exist, or is of no site", advice=ADVICE)
    revision, _, inside = named.partition(":")
    return Version(named, read_revision(revision, inside or None, folder))


def _in_site_of(side: Version, other: Version) -> Version:
    """A flow's file alone in the place of the other side's flow of its name, or of the one that is meant there.

    Raises:
        ConfigurationError: neither side has a site.
    """
    if side.flow is None or any(Path(path).name == SITE_FILE for path in side.files):
        return side
    if not any(Path(path).name == SITE_FILE for path in other.files):
        raise ConfigurationError(f"neither {side.name} nor {other.name} is of a site", advice=ADVICE)
    replaced = f"{other.flow or side.flow}{SUFFIX}"
    kept = {path: content for path, content in other.files.items() if Path(path).name != replaced}
    own = next(iter(side.files.values()))
    return Version(side.name, {**kept, str(Path(side.name).parent / replaced): own}, side.flow)


# the report


TITLES: Mapping[str, str] = {
    "line": "Lines that are new or gone",
    "ends": "Callers who end somewhere else",
    "keys": "How far a person is",
    "tries": "How often callers are asked",
    "waits": "How long callers may wait",
    "silence": "How long it may be silent",
    "language": "Callers who are spoken to in another language",
    "hears": "Callers who hear something else",
}
"""By kind of difference."""


def _show(found: Comparison) -> None:
    kind: Kind | None = None
    for difference in found.sorted():
        if difference.kind is not kind:
            sys.stdout.write(("" if kind is None else "\n") + f"{TITLES[difference.kind]}:\n")
            kind = difference.kind
        sys.stdout.write(f"  {difference.sentence}\n")
    for bound in found.bounds:
        sys.stdout.write(f"not everything was compared: {bound}\n")
    count = len(found.differences)
    told = "1 difference" if count == 1 else f"{count} differences" if count else "all callers fare as before"
    sys.stderr.write(f"{told}; {found.pairs} states compared\n")
