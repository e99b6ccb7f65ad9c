"""The real runner, watched: what the engines ``agi`` and ``live`` share.

It serves FastAGI sessions with the service's own ``CallRunner``. Around it stands what a scenario gives (lookups, the
time) and what takes note of the call.

::

    runner         WatchedRunner: the handler of sessions for one scenario, and its notes
    session        a session that sees prompts begin and be cut, known by the file that Asterisk is told to play
    surroundings   what a runner needs beside: one version, a journal in memory, the given answers, the time
"""

from ivrctl.testkit.engines.watched.runner import Handed, WatchedRunner
from ivrctl.testkit.engines.watched.surroundings import Time

__all__ = ["Handed", "Time", "WatchedRunner"]
