"""The site file: every key of ``ivrctl.yaml``."""

from __future__ import annotations

from ivrctl.site import site_file as site
from ivrctl.site.hours import Hours
from ivrctl.site.settings import Setting

from .markdown import fenced, from_docstring, section
from .markdown import page as page_of
from .repository import ROOT
from .schema import keys, part_name, parts_of

_ABOVE = """
A site is a folder. `ivrctl.yaml` in it says what the site has; its flows say what callers hear. Beside them lie
[scenarios](scenarios.md), databases, and recordings in `prompts/<language>/`. The demo site's is `flows/ivrctl.yaml`.
"""


def page() -> str:
    """The page."""
    parts = (
        ("numbers", site.Numbering),
        ("prompts", site.SharedPrompts),
        ("database", site.Database),
        ("interface", site.Interface),
        ("lookup", site.Lookup),
        ("queue", site.Queue),
        ("voicemail", site.VoicemailBox),
        ("hours", Hours),
        ("keying", site.Keying),
        ("limits", site.Limits),
        ("asterisk", site.AsteriskFolders),
        ("folder", site.SeenFolder),
    )
    sections = [section(name, from_docstring(part.__doc__), keys(part)) for name, part in parts]
    sections += [section(part_name(part), from_docstring(part.__doc__), keys(part)) for part in parts_of(site.Site)]
    settings = section("settings", from_docstring(Setting.__doc__))
    dial = section("dial string", from_docstring(site.DialString.__doc__), _DIAL)
    return page_of(
        "The site file", _ABOVE, keys(site.Site), *sections, settings, dial, section("An example", _example())
    )


_DIAL = "`{extension}` is what the caller or the flow dials: with `_81XX: PJSIP/{extension}`, 8103 rings `PJSIP/8103`."


def _example() -> str:
    file = ROOT / "flows" / "ivrctl.yaml"
    return fenced("yaml from=flows/ivrctl.yaml", file.read_text(encoding="utf-8"))
