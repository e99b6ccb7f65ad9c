"""The Asterisk Manager Interface without I/O: bytes in, responses and events out; actions in, bytes out.

::

    connection   AmiConnection: receive_data, receive_eof, packets_received, send
    packet       Response and Event: headers, of which the first decides and the first value of a name wins
    framing      LazyFraming: the same for a stream of events, of which most are wanted by nobody
    raw_packet   RawPacket: a packet as it came, read on demand
    events       the events that queues need, as values; parse
    event_fields how a field finds its header, and reads it
    actions      an Action, its encoding, and what may not be sent
    answer       the response and the list of one action, told from everything else by its ActionID
    lines        bytes in any fragmentation to whole lines, within a limit
    errors       whose fault: LocalProtocolError, RemoteProtocolError; UnreadableEventError, which is a doubt

Knows nothing of sockets, time, queues or calls. The I/O shell is ``adapters.ami``. What console commands print is
never read here: it is made for people and has no format.
"""
