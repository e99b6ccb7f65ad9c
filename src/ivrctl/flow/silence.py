"""How long a caller may hear nothing: while a database is asked, and while his keys are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from ivrctl.flow.action import Kind
from ivrctl.flow.actions.collect import Collect
from ivrctl.flow.actions.lookup import Lookup
from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.actions.submit import Submit
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.flow_file import Flow
from ivrctl.lang.findings import Findings
from ivrctl.site.site_file import Keying, Site

UNTIL_A_WORD = timedelta(seconds=1)
"""After so long the site's ``one_moment`` is heard during a lookup, and nothing behind it until the answer."""


def check_silence(site: Site, flows: Mapping[str, Flow], findings: Findings) -> None:
    """Report actions during which it may be silent for longer than the site's limit."""
    for flow in flows.values():
        for _place, action in flow.places():
            for cause, length in silences_of(action.kind, site):
                if length > site.limits.silence:
                    message = (
                        f"a caller may hear nothing for {length.total_seconds():g}s here, {cause};"
                        f" the limit is {site.limits.silence.total_seconds():g}s"
                    )
                    findings.warning("IVR134", action.span, message, "shorten it, or raise limits: {silence: …}")


def silences_of(kind: Kind, site: Site, keying: Keying | None = None) -> Iterator[tuple[str, timedelta]]:
    """Why it may be silent at an action, and how long at worst.

    Args:
        kind: of the action.
        site: whose methods it may name.
        keying: the site's times for keys, where an action that says none is meant too.
    """
    first_digit = timedelta() if keying is None else keying.first_digit
    between = timedelta() if keying is None else keying.between
    match kind:
        case Lookup(timeout=timeout) | Submit(timeout=timeout):
            yield "behind the words that the answer takes a moment", timeout - UNTIL_A_WORD
        case Verify():
            yield "behind the words that the answer takes a moment", kind.timeout(site) - UNTIL_A_WORD
            if kind.asks():
                yield "while the first key is waited for", first_digit
                yield "while the next key is waited for", between
        case Menu() | Collect():
            yield "while the first key is waited for", kind.first_digit or first_digit
            yield "while the next key is waited for", kind.between or between
        case _:
            return
