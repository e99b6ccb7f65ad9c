"""What a call is compared with when it is over, beyond its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word
from ivrctl.model.promise import Promise
from ivrctl.site.site_file import NOWHERE
from ivrctl.testkit.scenario.submissions import ExpectedSubmission


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is expected; what is not written is not looked at."""

    path: tuple[Annotated[Word, NameOf("places")], ...] | None = None
    """The steps in the order walked, all of them; a step of the dialled line's own flow without the flow's name,
    others as ``flow/step``."""
    outcomes: Mapping[Annotated[Word, NameOf("actions")], Word] = field(default_factory=dict)
    """An action, as ``step.kind`` or ``flow/step.kind``, to the last outcome that it had."""
    fields: Mapping[Annotated[Word, NameOf("call_fields")], Word] = field(default_factory=dict)
    """Call field to its value as it is written."""
    queue: Mapping[Annotated[Word, NameOf("queues")], Word] = field(default_factory=dict)
    """Queue to the outcome of the last stay in it: a queue's outcome, ``key_1`` for an exit key, ``abandoned``."""
    submissions: tuple[ExpectedSubmission, ...] | None = None
    """What the flows hand over, all of it, in its order; an empty list for a call that hands nothing over. What the
    site submits at the end of every call is not among it."""
    promise: Promise | None = None
    """What became of the promise to answer: that of the caller's tier, measured by his waits in queues; of the last leg
    in which it counts."""
    span: Span = NOWHERE
    longest_silence: timedelta | None = None
    """Outside queues and talks, no silence is longer; the time in which a caller keys counts too. Measured from the
    recording where there is one."""
