"""AMI over a socket: a session for actions, one at a time, each with a deadline.

::

    session = await AmiSession.open(address, Login("ivrctl", secret), on_event=seen.append)
    answer = await session.ask(Action.of("QueueStatus"))
    session.close()

::

    errors           a session that is not there, lost, silent; a login that is refused
    session          AmiSession: opened, asked, closed; it never connects again by itself
    wire             panoramisk, which carries it, and all that is ours of it
    action_link      ActionLink: a session that comes back
    queue_actions    what app_queue is asked and told, typed; queue_fields is what may stand in it

No action is ever sent twice: what is lost is asked for anew by whoever knows whether it may be.
"""

from ivrctl.adapters.ami.action_link import ActionLink, Away, Pace, State, There
from ivrctl.adapters.ami.errors import AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.session import AmiSession, Deadlines, Login

__all__ = [
    "ActionLink",
    "AmiLoginRefusedError",
    "AmiSession",
    "AmiUnreachableError",
    "Away",
    "Deadlines",
    "Login",
    "Pace",
    "State",
    "There",
]
