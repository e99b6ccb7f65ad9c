"""What editors are given of a site: a schema for each of its files, and how they find it.

Two ways lead an editor with a YAML language server to a schema: ``yaml.schemas`` in the settings of Visual Studio Code,
and a comment in the file itself, a modeline, which every other editor takes too. What a user wrote is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ivrctl.adapters.attribute_docstrings import attribute_docstrings
from ivrctl.flow.flow_file import SUFFIX as FLOW
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.program import SITE_FILE
from ivrctl.flow.vocabulary import names_in_flow, read_names
from ivrctl.lang.marks import Names
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.simulation.days.day_file import SUFFIX as DAY
from ivrctl.simulation.days.day_file import DayFile
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy_files.policy_file import SUFFIX as STAFFING
from ivrctl.staffing.policy_files.policy_file import PolicyFile
from ivrctl.testkit.scenario import SUFFIX as SCENARIO
from ivrctl.testkit.scenario import Scenario

FOLDER = ".ivrctl/schema"
"""Below the site's folder; all that lies there is ours."""

SETTINGS = ".vscode/settings.json"
KEY = "yaml.schemas"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that a site is made of."""

    shape: type
    """The dataclass that it is bound to."""
    pattern: str
    """Which files are of this kind."""
    title: str


FILE_KINDS: Mapping[str, FileKind] = {
    "flow": FileKind(Flow, f"*{FLOW}", "flow"),
    "site": FileKind(Site, SITE_FILE, "site file"),
    "scenario": FileKind(Scenario, f"*{SCENARIO}", "scenario"),
    "staffing": FileKind(PolicyFile, f"*{STAFFING}", "staffing policy"),
    "day": FileKind(DayFile, f"*{DAY}", "synthetic day"),
}


def schema_of(kind: str, names: Names | None = None) -> Schema:
    """The schema of one kind of file; with the names of a site, editors offer them."""
    of = FILE_KINDS[kind]
    return Schemas(attribute_docstrings, names).document(of.shape, of.title)


@dataclass(frozen=True, slots=True)
class SiteSchemas:
    """The schemas of one site."""

    schemas: Mapping[str, Schema]
    """By their file's name in ``FOLDER``."""
    patterns: Mapping[str, str | list[str]]
    """By the same name: the files that each is for, as settings of editors have them."""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of Visual Studio Code that lead to them, for a window that opens the site's folder."""
        return {KEY: {f"./{FOLDER}/{name}": pattern for name, pattern in self.patterns.items()}}

    def modeline(self, name: str) -> str:
        """The comment that leads from a file of the site to a schema."""
        return f"# yaml-language-server: $schema={FOLDER}/{name}"


def schemas_of(files: Mapping[str, bytes]) -> SiteSchemas:
    """The schemas of a site's files: one for each flow, since its steps are its own, and one for each other kind.

    Args:
        files: path to content; a file that cannot be read as YAML has its schema, and lends no names to others.
    """
    names = read_names(files)
    flows = sorted(PurePath(path).name for path in files if path.endswith(FLOW))
    schemas = {f"{kind}.json": schema_of(kind, names) for kind in FILE_KINDS}
    patterns: dict[str, str | list[str]] = {f"{kind}.json": of.pattern for kind, of in FILE_KINDS.items()}
    # Of several schemas for one file editors demand all at once, and would tell each fault several times.
    patterns["flow.json"] = [f"*{FLOW}", *(f"!{flow}" for flow in flows)]
    for flow in flows:
        stem = flow.removesuffix(FLOW)
        schemas[f"flow-{stem}.json"] = schema_of("flow", names_in_flow(names, stem))
        patterns[f"flow-{stem}.json"] = flow
    return SiteSchemas(schemas, patterns)


def is_our_settings(text: str) -> bool:
    """True for settings that hold nothing but what leads to our schemas: nobody's own words would be lost."""
    settings = _parsed(text)
    if not isinstance(settings, dict) or list(settings) != [KEY] or not isinstance(settings[KEY], dict):
        return False
    return all(str(path).startswith(f"./{FOLDER}/") for path in settings[KEY])


def leads_to(text: str, wanted: Mapping[str, Any]) -> bool:
    """True when settings lead to all of our schemas already, whatever else they say."""
    settings = _parsed(text)
    led = settings.get(KEY) if isinstance(settings, dict) else None
    return isinstance(led, dict) and wanted[KEY].items() <= led.items()


def _parsed(text: str) -> Any:
    """The settings; None for a text that is no plain JSON, since the editor allows comments in it."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the latter: of more brackets in each other than Python can read
        return None
