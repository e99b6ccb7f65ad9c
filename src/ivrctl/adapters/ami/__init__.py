"""AMI over a socket: a session for actions, one at a time, each with a deadline.

::

    session = await AmiSession.open(address, Login("ivrctl", secret), on_event=seen.append)
    answer = await session.ask(Action.of("QueueStatus"))
    session.close()

It is a plain asyncio protocol over the pure ``ami`` package. It never connects again by itself and never sends an
action twice: what is lost is asked for anew by whoever knows whether it may be.
"""

from ivrctl.adapters.ami.errors import AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.session import AmiSession, Deadlines, Login

__all__ = ["AmiLoginRefusedError", "AmiSession", "AmiUnreachableError", "Deadlines", "Login"]
