"""Forecasts from the books of a site: for backup staff, for the advice to call at another time, for whoever asks.

::

    books -> reading    one day, counted for groups of queues, with wrap-ups and patience
          -> past       Past: the days of the last quarter of a year, each read once; and holidays of a year
          -> outlook    a group's forecast of a day, the people whom it needs, and how wrong such forecasts were
    forecaster          Forecaster: outlooks of a running controller, made in a thread every few minutes
    shown               an outlook as plain values, for the API and the commands

``forecast`` reckons and knows no database; here is what it is given, and who asks for it.
"""
