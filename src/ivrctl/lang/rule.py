"""What a check looks for, declared once: id, severity, and the page that explains it.

Each layer has its table in a module named ``rules``. The examples of a page are part of its contract: the bad one has
this very finding and no other, the good one has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from ivrctl.lang.findings import Severity


class Shown(Enum):
    """What the text of an example is."""

    STEPS = "the actions of the step start"
    """As they stand below ``start:`` in a flow with one line."""
    FLOW = "a flow"
    """A whole file, such as ``main.ivr.yaml``."""
    SITE = "keys of ivrctl.yaml"
    """Keys that stand in the place of those of a small site, or beside them."""
    FOLDER = "the files of a site"
    """Their names."""
    SCENARIO = "a scenario"
    """What stands below ``calls:`` in a scenario of a small site."""
    STAFFING = "keys of a staffing policy"
    """Keys that stand in the place of those of a small policy; of several files, each below its name."""
    DAY = "keys of a synthetic day"
    """Keys that stand in the place of those of a small day, for the site of the policies."""
    RECORDINGS = "the recordings of a site"
    """A line for each file: its path, its format, and how loud it is at its loudest, in percent of what is possible."""
    PBX = "the set-up of Asterisk"
    """Lines of its configuration, each below the file that they are of, or a command behind ``$``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule and its page."""

    id: str
    """Such as ``IVR101``. An id never changes its meaning: scripts and annotations refer to it."""
    title: str
    """One line, without a full stop."""
    why: str
    """What would happen to callers, or to whoever reads the file, if nobody looked; and what to do."""
    bad: str
    """An example with this finding alone."""
    good: str
    """The same, put right."""
    shown: Shown = Shown.STEPS
    """What both examples are."""
    severity: Severity = Severity.ERROR
    """Errors make a site unusable; warnings do not."""
    hides_line: bool = False
    """True when the source line of its findings is not to be shown: it holds a password, and reports go into logs."""

    def __str__(self) -> str:
        return self.title


def visible(example: str) -> str:
    r"""An example as it can be shown: a character that does not show stands as its escape, such as ``\x00``."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in example)


def table(*rules: Rule) -> Mapping[str, Rule]:
    """Rules by their ids.

    Raises:
        ValueError: an id stands twice.
    """
    found = {rule.id: rule for rule in rules}
    if len(found) != len(rules):
        raise ValueError("two rules share an id")
    return MappingProxyType(found)
