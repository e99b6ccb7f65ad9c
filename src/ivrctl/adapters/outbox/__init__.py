"""The outbox: what was handed over for good, until whoever it is for has it.

One SQLite file in the state folder, whatever the site's databases are: it takes things while all of them are away. What
is acknowledged is on the disk (WAL with ``synchronous=FULL``). Several processes may use it at one time, a controller
that drains beside its successor, and the command line. ::

    entry    what the outbox holds, as values
    file     the file: every statement, in one thread
    outbox   the file behind an event loop: what is put at the same time is written at once

Knows nothing of sites, interfaces and databases: who delivers, when, and to whom, ``service.delivering`` decides.
"""

from ivrctl.adapters.outbox.entry import Entry, Figure, Put, State
from ivrctl.adapters.outbox.file import OutboxFault, OutboxFile, TooLargeFault
from ivrctl.adapters.outbox.outbox import Outbox

__all__ = ["Entry", "Figure", "Outbox", "OutboxFault", "OutboxFile", "Put", "State", "TooLargeFault"]
