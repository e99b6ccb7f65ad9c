"""The answers to ``ivrctl doctor``'s probe call: Asterisk reaches this very controller, and no call comes of it.

The word that a probe call brings is remembered for whoever asks over the API: only the controller that really answered
knows it, whatever else listens on some port.
"""

from __future__ import annotations

import re
from collections import deque

from ivrctl.adapters.fastagi_server import AgiSession
from ivrctl.agi.commands import SetVariable

SCRIPT_PROBE = "probe"
"""The AGI path of the context ``ivrctl-probe``."""

PROBED = "probed"
"""IVRCTL_NEXT of a probe call that was answered."""

MAX_PROBES = 16
"""Words that are remembered: one examination brings one."""

_WORD = re.compile(r"[0-9a-f]{8,64}\Z")


class Probes:
    """The probe calls that were answered lately."""

    def __init__(self) -> None:
        self._words: deque[str] = deque(maxlen=MAX_PROBES)

    @property
    def words(self) -> tuple[str, ...]:
        """What they brought, the newest last."""
        return tuple(self._words)

    async def __call__(self, session: AgiSession) -> None:
        """Answer one, and let it go; one without a word is let go unanswered."""
        word = next(iter(session.request.args), "")
        if _WORD.match(word):
            self._words.append(word)
            await session.send(SetVariable("IVRCTL_NEXT", PROBED))
        session.close()
