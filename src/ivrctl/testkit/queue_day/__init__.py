"""A day of a contact centre in minutes, on a real Asterisk; and whether the books say what has happened in it.

::

    plan       who calls when and what becomes of him, from a seed
    site       a small site with several queues, and the configuration of a PBX for it
    people     callers and agents do what is planned, and it is noted what they did
    evidence   what Asterisk wrote, read without any part of ours: queue_log, CDR, CEL
    compare    the books against all of it, call by call: every difference is a sentence
    day        the whole of it
    replayed   the same callers once more, in the simulator: how far it is from Asterisk

Nothing here uses the reader of ``acd.queue_log`` or the ledger: what is compared must not come from one source.
"""
