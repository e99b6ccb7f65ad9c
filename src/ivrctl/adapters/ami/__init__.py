"""AMI over sockets: a session for actions, one at a time, each with a deadline; and one for events.

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

    event_stream     EventStream: everything that happens, for as long as we run
    event_session    one session that only listens, over ``ami.framing``, and notices when nobody is there
    event_inbox      what is told, until somebody takes it: events, and where they may have been missed

No action is ever sent twice: what is lost is asked for anew by whoever knows whether it may be.
"""

from ivrctl.adapters.ami.action_link import ActionLink, Away, Pace, State, There
from ivrctl.adapters.ami.errors import AmiBootUnseenError, AmiLoginRefusedError, AmiUnreachableError
from ivrctl.adapters.ami.event_inbox import Doubt, EventInbox, Lost, Opened, Told
from ivrctl.adapters.ami.event_stream import EventStream
from ivrctl.adapters.ami.session import AmiSession, Deadlines, Login

__all__ = [
    "ActionLink",
    "AmiBootUnseenError",
    "AmiLoginRefusedError",
    "AmiSession",
    "AmiUnreachableError",
    "Away",
    "Deadlines",
    "Doubt",
    "EventInbox",
    "EventStream",
    "Login",
    "Lost",
    "Opened",
    "Pace",
    "State",
    "There",
    "Told",
]
