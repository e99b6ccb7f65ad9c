"""What a submission of ``at_end`` gets of every call that has ended: its record and its call fields, by name.

::

    leg        the id of the leg, as the journal and the records know it
    uniqueid   Asterisk's id of the caller's channel
    version    of the site that the call ran on
    caller     the calling number; empty when it was withheld
    line       the number that was dialled
    regions    those of the calling number, with a blank between them
    tier       the customer's; none for a caller whom nobody knows
    began_at   when the call began
    ended_at   when it ended
    seconds    how long it was
    ending     served, unserved, refused, abandoned or fallback
    reason     why it ended so, such as of a refusal, a transfer or the fallback; empty where nothing is to be said
    path       the steps in the order walked, with a blank between them
    queue      the queue that he waited in last; none where he waited in none
    waited     seconds in queues, all stays together; none where he waited in none
    messages   the files of the messages that he left, with a blank between them
    notices    the ids of the notices that he heard, with a blank between them

and each call field of the site, which may be none. A field that has one of these names is not handed over.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.types import DATETIME, DIGITS, NUMBER, PHONE, TEXT, Enumeration, Maybe, Type, without_none
from ivrctl.model.call import Ending

OF_RECORD: Mapping[str, Type] = {
    "leg": TEXT,
    "uniqueid": TEXT,
    "version": TEXT,
    "caller": PHONE,
    "line": DIGITS,
    "regions": TEXT,
    "tier": Maybe(TEXT),
    "began_at": DATETIME,
    "ended_at": DATETIME,
    "seconds": NUMBER,
    "ending": Enumeration(tuple(str(ending) for ending in Ending)),
    "reason": TEXT,
    "path": TEXT,
    "queue": Maybe(TEXT),
    "waited": Maybe(NUMBER),
    "messages": TEXT,
    "notices": TEXT,
}
"""The names of a record, and their types."""


def names_at_end(call_fields: Mapping[str, Type]) -> Mapping[str, Type]:
    """What the params of a submission can be named after, and the types of what they get."""
    fields = {str(name): Maybe(without_none(kind)) for name, kind in call_fields.items()}
    return {**fields, **OF_RECORD}
