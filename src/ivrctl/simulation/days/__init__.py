"""Days to simulate: who calls when, for how long, and who works.

::

    load.read_days(files, …)      -> DayFile by name     bound and checked
        day_file, call_rates          what stands in a ``*.day.yaml``
        check and its parts, rules    what is wrong with one
    synthetic.SyntheticDay        draws a Day from a small description: synthetic_people
    recorded.RecordedDay          draws one from the books of a day that was
        recorded_callers, patience    who called, and how long those would have waited who were answered
        recorded_people, recorded_shifts    who worked, as far as books say it
        foreseen                      people missing by the forecast, for policies that look at it
    queues_conf                   how Asterisk's own file sets the queues
"""
