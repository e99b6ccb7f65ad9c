"""History: Asterisk's ``queue_log`` as stays and spans of agents, for times in which no ledger looked.

::

    lines      a line of the log, or why it is none
    recount    Recount: fed line by line, gives stays and spans; what is under way can be kept and taken up again

The log knows whole seconds, names of members and nothing of wrap-up time. ``ledger`` does the same from live events,
and better.
"""
