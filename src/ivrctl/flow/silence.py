"""How long a caller may hear nothing: while a database is asked, and while his keys are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from ivrctl.flow.action import Kind
from ivrctl.flow.actions.collect import Collect
from ivrctl.flow.actions.lookup import Lookup
from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.flow_file import Flow
from ivrctl.lang.findings import Findings
from ivrctl.site.site_file import Site

UNTIL_A_WORD = timedelta(seconds=1)
"""After so long the site's ``one_moment`` is heard during a lookup, and nothing behind it until the answer."""


def check_silence(site: Site, flows: Mapping[str, Flow], findings: Findings) -> None:
    """Report actions during which it may be silent for longer than the site's limit."""
    for flow in flows.values():
        for _place, action in flow.places():
            for cause, length in _silences(action.kind):
                if length > site.limits.silence:
                    message = (
                        f"a caller may hear nothing for {length.total_seconds():g}s here, {cause};"
                        f" the limit is {site.limits.silence.total_seconds():g}s"
                    )
                    findings.warning("IVR134", action.span, message, "shorten it, or raise limits: {silence: …}")


def _silences(kind: Kind) -> Iterator[tuple[str, timedelta]]:
    """Why it may be silent, and how long at worst."""
    match kind:
        case Lookup(timeout=timeout):
            yield "behind the words that the answer takes a moment", timeout - UNTIL_A_WORD
        case Menu() | Collect():
            yield "while the first key is waited for", kind.first_digit or timedelta()
            yield "while the next key is waited for", kind.between or timedelta()
        case _:
            return
