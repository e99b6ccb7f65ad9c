"""The books of the queues in the site's database: stays, spans of agents, gaps. ``acd.books`` makes rows of them.

::

    tables    the tables, and an entry as a row of one
    writer    BooksWriter: takes entries without making anybody wait, and outlives a database that is gone
    reader    BooksReader: entries by time, queue and call
    counts    stays counted by the database, by queue and quarter of an hour
    imports   how far an import of a queue_log has come, and its entries beside those of the live ledger
"""

from ivrctl.adapters.books_store.counts import QuarterCount
from ivrctl.adapters.books_store.reader import BooksReader
from ivrctl.adapters.books_store.tables import Entry
from ivrctl.adapters.books_store.writer import BooksBacklog, BooksWriter

__all__ = ["BooksBacklog", "BooksReader", "BooksWriter", "Entry", "QuarterCount"]
