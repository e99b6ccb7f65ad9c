"""Where a queue_log lies: files, rotated and compressed ones too, and tables of a realtime queue_log.

::

    source    what both are to an import: a name, a place in it, pieces of lines
    files     LogFile, and the files of a path in the order in which they were written
    table     LogTable
"""

from ivrctl.adapters.queue_log.files import LogFile, log_files
from ivrctl.adapters.queue_log.source import Piece, Raw, Source
from ivrctl.adapters.queue_log.table import LogTable

__all__ = ["LogFile", "LogTable", "Piece", "Raw", "Source", "log_files"]
