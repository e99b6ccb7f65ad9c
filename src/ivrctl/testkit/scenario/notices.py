"""The notices that are announced while a scenario's call goes on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Annotated

from ivrctl.flow.program import Program
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word
from ivrctl.model.dial_pattern import best_match
from ivrctl.model.notice import Notice, Scope
from ivrctl.service.numbering import normalised
from ivrctl.site.text import Text

STANDS = timedelta(days=1)
"""For so long from the beginning of the call on."""


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """A notice that stands before the call begins, and until it is over."""

    text: Text
    """What is announced, in each language of the site."""
    span: Span
    lines: tuple[Annotated[Word, NameOf("lines")], ...] = ()
    """Dialled numbers; where nothing is named, it is for every caller."""
    points: tuple[Word, ...] = ()
    """Names of ``notices`` actions: heard there and nowhere else."""
    regions: tuple[Annotated[Word, NameOf("regions")], ...] = ()
    """Regions of the site, to which the calling number belongs."""
    brands: tuple[Word, ...] = ()
    """Brands of customers: heard once a ``verify`` has found him."""
    tiers: tuple[Word, ...] = ()
    """Tiers of customers: heard once a ``verify`` has found him."""
    queues: tuple[Annotated[Word, NameOf("queues")], ...] = ()
    """Heard before the caller is handed to one of these, and nowhere else."""
    callers: tuple[Word, ...] = ()
    """Calling numbers."""
    ends_call: bool = False
    """True: the call ends behind it, as ``refused`` with ``reason``."""
    off_peak: bool = False
    """True: the site's ``prompts.off_peak`` is heard behind it."""
    reason: str = ""
    """Why it ends a call; stands in its record."""

    def standing(self, id_: str, program: Program, at: datetime) -> Notice:
        """The notice itself.

        Args:
            id_: of the notice.
            program: the site.
            at: when the call begins; aware.
        """
        named = {kind.name: frozenset(map(str, getattr(self, kind.name))) for kind in fields(Scope)}
        callers = frozenset(normalised(str(number), program.site.numbers) for number in self.callers)
        texts = {str(name): self.text.said(str(name)).written for name in program.site.languages}
        return Notice(
            id_,
            texts,
            at,
            at + STANDS,
            Scope(**{**named, "callers": callers}),
            ends_call=self.ends_call,
            is_off_peak_advised=self.off_peak,
            reason=self.reason,
        )

    def check(self, program: Program, findings: Findings) -> None:
        """Report a text that is not whole, and names that the site has not."""
        site = program.site
        self.text.check_fixed(site.languages, findings)
        for number in self.lines:
            if best_match(dict(program.patterns), number) is None:
                message = f"no line of the site has the number {number}"
                findings.error("IVR303", number.span, message, did_you_mean(number, program.lines))
        known: Mapping[str, Collection[str]] = {
            "point": program.points,
            "region": site.regions,
            "brand": site.brands,
            "tier": site.tiers,
            "queue": site.queues,
        }
        for kind, names in known.items():
            for name in getattr(self, f"{kind}s"):
                if name not in names:
                    message = f'the site has no {kind} "{name}": nobody would hear the notice'
                    findings.error("IVR320", name.span, message, did_you_mean(name, names) or f"leave {kind}s out")
        if self.off_peak and site.prompts.off_peak is None:
            message = "the site has no words to advise another time"
            findings.error("IVR320", self.span, message, "add off_peak to prompts in ivrctl.yaml")


def standing_notices(given: Collection[GivenNotice], program: Program, at: datetime) -> tuple[Notice, ...]:
    """The notices of a scenario, in their order, named ``n1``, ``n2`` and so on."""
    return tuple(notice.standing(f"n{number}", program, at) for number, notice in enumerate(given, 1))
