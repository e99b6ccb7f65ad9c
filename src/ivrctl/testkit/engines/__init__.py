"""Three engines that play a scenario: on a virtual clock, over a fake Asterisk's socket, with real phones.

One interpreter (``script``) plays the lines; an engine gives it a *stage*: somebody who dials, presses, answers, and
takes note of what the caller hears. ::

    run         one scenario in one engine: its verdict
    stage       what an engine gives the interpreter
    log         what is noted of a call while it is played
    script      the lines of a script, one after the other
    judge       the finished call compared with what is expected
    lookups     what the given lookups answer
    lengths     how long a written text is spoken
    watched     the real runner, watched: for the two engines that have one
    sim         no sockets, no sleeps: the flow's engine on a virtual clock
    agi         the real runner and FastAGI server, against a fake Asterisk
    live        the same runner, a real Asterisk, softphones, and their recordings

``sim`` imports no sockets and no audio; the other two are imported by whoever wants them.
"""

from ivrctl.testkit.engines.run import Engine, run

__all__ = ["Engine", "run"]
