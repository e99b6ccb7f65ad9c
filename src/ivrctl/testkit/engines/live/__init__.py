"""The engine that proves it: the real runner, a real Asterisk, softphones, and their recordings.

::

engine       LiveEngine: one server, one set of phones, many scenarios
stage        one call: phones act, the PBX's queue_log and the runner's own steps are watched
phones       the softphones of a run, each started when first needed
queue_log    who entered which queue, as Asterisk wrote it
recording    what the caller's phone recorded, against what the flow believes to have said
prompts      the library's prompts, of which those of one call are kept until its recording has been compared
"""

from ivrctl.testkit.engines.live.engine import LiveEngine

__all__ = ["LiveEngine"]
