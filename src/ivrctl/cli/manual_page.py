"""A page of the manual, and the lines that many pages have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 74
"""Characters in a line of a section: with the help's indent, under the 80 of the narrowest usual terminal."""

SITE = "the site: ivrctl.yaml, <name>.ivr.yaml, <name>.scenario.yaml"
STATE = "the state folder: $XDG_STATE_HOME/ivrctl/<folder>-<digest>, or --state"
OUTBOX = "outbox.sqlite in the state folder, as for status, or --state"
PBX_FOLDER = "$XDG_STATE_HOME/ivrctl/pbx/<name>: where it listens, its log"

OK = "0  done"
USAGE = "2  wrong usage, or a site or state that cannot be used"
INTERRUPTED = "130  interrupted"
NO_CONTROLLER = "5  no controller answers"
NO_PBX = "5  the PBX does not run or does not answer"

STATE_HOME = "XDG_STATE_HOME  where state folders lie; ~/.local/state when not set"
CACHE_HOME = "XDG_CACHE_HOME  where Debian roots and sounds lie; ~/.cache when not set"
RUNTIME = "IVRCTL_RUNTIME  auto, docker, podman or root: what the PBX runs in"
SITES_OWN = "those that the site file names with {env: NAME}"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Page:
    """One command's page; every section is a list of lines."""

    brief: str
    """A few words for the list of commands."""
    text: str
    """What it does, beyond the summary."""
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    exits: tuple[str, ...]
    examples: tuple[str, ...]
    """Commands that the parser takes as they stand."""
    see: tuple[str, ...]
    """Names of other commands."""
    environment: tuple[str, ...] = (NONE,)

    @property
    def sections(self) -> Mapping[str, tuple[str, ...]]:
        """The sections by title, in the order in which they are shown."""
        return {
            "Reads": self.reads,
            "Writes": self.writes,
            "Exit codes": self.exits,
            "Environment": self.environment,
            "Examples": self.examples,
            "See also": (", ".join(f"ivrctl {name}" for name in self.see),),
        }

    @property
    def epilog(self) -> str:
        """The sections as click shows them unfilled: each paragraph begins with its mark for that."""
        return "\n\n".join(
            f"\b\n{title}:\n" + "\n".join(f"  {line}" for line in lines) for title, lines in self.sections.items()
        )
