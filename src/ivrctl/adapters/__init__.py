"""Everything that touches the outside: sockets, files, databases, voices, the clock, subprocesses.

Each adapter does one kind of effect and decides nothing about calls: the decisions are in the pure packages, the
joining in ``service``.
"""
