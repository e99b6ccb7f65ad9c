"""The journal: where every open leg stands, kept so that it survives the process that wrote it.

A line per action boundary in append-only files on this host, without fsync: the fault meant is a killed or crashed
controller, not a power cut (after which no call is left to resume). Several controllers may live side by side, an old
one draining and a new one serving, so each writes a *segment* of its own and reads those of all others::

    record, index     pure: a line and its meaning; the newest record of each leg, and which segment holds it
    segments          the files: create, append, read, remove, and whether the writer of one is still alive
    journal           the two joined: record, find, close_leg, open_legs, and folding old segments into a new one

It must not know what a position means: that is a JSON object of the flow engine.
"""

from ivrctl.adapters.journal.journal import Journal, OpenLeg

__all__ = ["Journal", "OpenLeg"]
