"""The AGI protocol without I/O: bytes in, events out; commands in, bytes out.

Knows nothing of sockets, time or flows. The I/O shell is ``adapters.fastagi_server``.
"""
