"""The records of ended calls, in a database that may be slow or away while calls go on.

``CallStore.add`` costs a call nothing: a bounded queue, one writer task, batches, and tries again while the database is
away. ``site_store`` has the connection and the history of the table. ::

    table     the table, and a record as a row
    writer    the queue and the task that empties it
    store     add, recent, get, counts
"""

from ivrctl.adapters.call_store.store import AmbiguousLegError, CallStore
from ivrctl.adapters.call_store.writer import Backlog
from ivrctl.adapters.site_store.engine import sqlite_url

__all__ = ["AmbiguousLegError", "Backlog", "CallStore", "sqlite_url"]
