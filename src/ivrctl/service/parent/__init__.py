"""``ivrctl serve``: the small process that outlives every controller.

It holds the listening sockets and hands them down to a child, hears the child's heartbeat, replaces a child that dies
or stalls, and on SIGHUP starts a new child before the old one drains. So the sockets never close: while a controller
is replaced, connections wait in the backlog. ::

    situation     PURE: what the parent knows, the events, the actions
    decide        PURE: situation, event and now -> situation, actions, and when to decide again
    parent        the loop: signals, pipes, processes; carries out what was decided
    pulse         PURE: what a child says over its pipe; ``service.heartbeat`` is the child's end
    inheritance   what a child is handed by environment and file descriptor
    listeners     the sockets: FastAGI over TCP, the API's Unix socket
    systemd       what the service manager is told, where one has started us

It knows nothing of calls, sites or Asterisk, and imports little, because what is not there cannot fail: no asyncio, no
aiohttp, no database.
"""

from ivrctl.service.parent.parent import Parent, serve
from ivrctl.service.parent.situation import Periods

__all__ = ["Parent", "Periods", "serve"]
