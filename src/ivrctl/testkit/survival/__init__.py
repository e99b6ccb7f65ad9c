"""Proof that calls survive: a real ``ivrctl serve``, a real Asterisk, callers, and somebody who kills processes.

::

    serving     one ``ivrctl serve`` as an operating system sees it: start, pids, signals, what it says of itself
    lines       a copy of a site with lines whose calls are worth killing in
    books       what Asterisk wrote of the calls: CDRs, queue log, fallbacks
    people      callers and agents with softphones, who go on until they are told to stop
    figures     how what was counted is shown and kept
    campaign    all of it together, with kills at random moments, and the figures

It knows processes, phones and books, and nothing of the controller's inside.
"""
