"""The queues as a person sees them in a terminal: what a controller answers, read once and shown in several ways.

::

    centre    what a controller has answered, as values: sight, queues, agents
    wording   times, numbers, and where they begin to be too much
    text      lines for a file, a pipe and ``ivrctl queue list`` and ``show``
    held      the last answer, and for how long there has been no other one
    screen    all of it on one screen of any size
    follower  asks once a second, in a thread of its own
    terminal  one key at a time, resizes, and a terminal that is left as it was

All but the last two are pure: no clock is read, so every screen can be tried.
"""
