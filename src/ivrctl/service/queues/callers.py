"""What flows know of callers whom Asterisk only knows by their channel: the line that they dialled, and their tier."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from ivrctl.acd.stay import Stay

MOST = 20_000
"""Callers; those who came first are forgotten. More never wait at one time."""


class KnownCallers:
    """By uniqueid: told when a flow hands a caller to a queue, asked when his stay goes into the books."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def queued(self, uniqueid: str, line: str, tier: str) -> None:
        """A flow hands a caller to a queue.

        Args:
            uniqueid: of his channel.
            line: the number that he dialled.
            tier: his; empty for a caller whom nobody knows.
        """
        self._known[uniqueid] = line, tier
        self._known.move_to_end(uniqueid)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def named(self, stay: Stay) -> Stay:
        """The stay with what is known of its caller."""
        known = self._known.get(stay.uniqueid)
        if known is None or (stay.line, stay.tier) == known:
            return stay
        return replace(stay, line=known[0], tier=known[1])
