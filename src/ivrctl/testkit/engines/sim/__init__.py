"""The engine without sockets and sleeps: the flow's own engine on a virtual clock, thousands of calls a second.

``SimCall`` is one call, played step by step: by ``ivrctl sim`` in a terminal, and by ``SimEngine`` for scenarios.
"""

from ivrctl.testkit.engines.sim.answers import GivenAnswers, Pretended, SimAnswers, TimedAnswers
from ivrctl.testkit.engines.sim.call import ANSWER_SECONDS, Doing, SimCall
from ivrctl.testkit.engines.sim.engine import SimEngine

__all__ = [
    "ANSWER_SECONDS",
    "Doing",
    "GivenAnswers",
    "Pretended",
    "SimAnswers",
    "SimCall",
    "SimEngine",
    "TimedAnswers",
]
