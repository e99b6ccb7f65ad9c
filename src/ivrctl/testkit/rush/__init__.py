"""A rush: more callers than agents, backup staff that comes in tier by tier and goes home, on a real Asterisk.

::

    site     a copy of a site with a line of its own for the rush, and a policy whose times are seconds
    people   the agents and the callers, at phones without sound; what they did is noted by their own clocks
    story    who is told what, when; and whether all of it was as it should be
"""

from ivrctl.testkit.rush.people import Rush, Talk
from ivrctl.testkit.rush.site import LINE, QUEUE, TIERS, write_site
from ivrctl.testkit.rush.story import Ended, faults_of

__all__ = ["LINE", "QUEUE", "TIERS", "Ended", "Rush", "Talk", "faults_of", "write_site"]
