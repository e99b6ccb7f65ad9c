"""Queues, callers and agents as they are, and the books of what became of every caller; without I/O.

::

    events      what has happened, in the words of the field: CallerJoined, CallerAnswered, MemberSeen, QueuesRead ...
    picture     Picture: every queue with its callers, its members and its talks, frozen; and how old it is
    backup      who could come in from outside the queues, and whether his phone is there
    fold        fold(picture, event) -> picture
    facts       what flows and people ask of a queue in a picture; how long a caller has to expect to wait
    stay        Stay: one caller's time in one queue, from joining to what became of him
    recent_stays  the stays that ended lately: their shares over any window, at once
    ledger      folds the same events into stays and spans of agents, and notes where something went unseen
    books       stays -> one row for each interval, queue, tier and agent; a row balances, or says by what it does not
    intervals   15, 30, 60 minutes and days by the site's clock, also where it is put forward or back
    kpi         the figures of the field from stays, each with its formula and source; a ``figure`` or why there is none
    service_level, wait_estimates, call_figures   those of its figures that are a subject of their own

Knows nothing of AMI, databases or flows: ``service.queues`` translates. ``now`` is always an argument.
"""
