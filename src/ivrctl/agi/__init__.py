"""The AGI protocol without I/O: bytes in, events out; commands in, bytes out.

::

    connection   AgiConnection: whose turn it is; receive_data, receive_eof, events_received, send
    request      the block of agi_… lines that opens a session
    commands     one frozen value per command, its line, its deadline
    replies      200, 510, 511, 520 blocks
    lines        bytes in any fragmentation to whole lines, within a limit
    errors       whose fault: LocalProtocolError, RemoteProtocolError

Knows nothing of sockets, time or flows. The I/O shell is ``adapters.fastagi_server``; the counterpart that plays
Asterisk is ``testkit.fake_asterisk``, which shares nothing with this package, so that a misreading shows.
"""
