"""Answers the questions of flows: what a lookup says, who a caller is, whether a submission is kept.

The executor asks and keeps the caller company meanwhile; it knows nothing of databases, identities and outboxes. Each
kind of question has one who answers it; ``Answering`` joins them for one version of a site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, assert_never

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.flow.commands import (
    Answer,
    Identify,
    IdentityUnavailable,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    Question,
    Submit,
    SubmitFailed,
)
from ivrctl.model.values import RowOrRows, Value
from ivrctl.service.numbering import spoken
from ivrctl.site.site_file import Site


@dataclass(frozen=True, slots=True)
class Asker:
    """The call that asks."""

    leg: str
    caller: str
    """His number in E.164; empty when withheld."""
    line: str


class Answers(Protocol):
    """What answers the questions of a call."""

    async def answer(self, question: Question, asker: Asker) -> Answer:
        """The answer, within the question's own deadline; a fault is an answer too. Without keys."""


class Lookups(Protocol):
    """What answers lookups."""

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is part of the question
        """The row, or the rows, or None when there is none; ``LookupFault`` when there is no usable answer."""


class Identities(Protocol):
    """What knows callers."""

    async def identify(self, question: Identify, asker: Asker) -> Answer:
        """``Identified``, ``NotIdentified``, ``IdentityLocked`` or ``IdentityUnavailable``, within the deadline."""


class Submissions(Protocol):
    """What takes submissions."""

    async def submit(self, question: Submit, asker: Asker) -> Answer:
        """``Submitted`` once it is kept for good, or ``SubmitFailed``, within the deadline."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers what, for one version of a site."""

    site: Site
    lookups: Lookups
    identities: Identities | None = None
    """None where nobody can be known."""
    submissions: Submissions | None = None
    """None where nothing is taken."""

    async def answer(self, question: Question, asker: Asker) -> Answer:
        """The answer of whoever knows."""
        match question:
            case LookUp():
                return await self._look_up(question)
            case Identify():
                if self.identities is None:
                    return IdentityUnavailable("nobody is known here")
                return await self.identities.identify(question, asker)
            case Submit():
                if self.submissions is None:
                    return SubmitFailed("nothing is taken here")
                return await self.submissions.submit(question, asker)
            case _:
                assert_never(question)

    async def _look_up(self, question: LookUp) -> Answer:
        params = as_declared(question.params, self.site.lookups[question.lookup].params, self.site)
        try:
            row = await self.lookups.ask(question.lookup, params, question.timeout)
        except LookupFault as fault:
            return LookupFailed(str(fault))
        return LookupMissing() if row is None else LookupFound(row)


def as_declared(params: Mapping[str, Value], declared: Mapping[str, object], site: Site) -> Mapping[str, Value]:
    """The parameters as the site's databases and interfaces write them: numbers in the form that ``spoken_as`` says.

    Args:
        params: by name.
        declared: the type of each.
        site: whose numbering plan it is.
    """
    return {
        name: spoken(value, site.numbers)
        if isinstance(value, str) and str(declared[name]).startswith("phone")
        else value
        for name, value in params.items()
    }
