"""How many calls will come, how long they will take, and how many people they need: PURE.

::

    History (offered calls and handling time per interval of past days)
        day_class      what a day is like: its weekday, holidays, make-up days, edges of the month
        seasonal       forecast(history, day, so far today) -> Forecast: one Expected per interval, with a band
        judged         how wrong it was on past days, beside two naive forecasts
        erlang         Erlang B, C and A: waits, service level, and the people whom a load needs
        required       Forecast -> people per interval; shortfall against those who are there

It knows the intervals of ``acd``, and neither staffing policies nor databases. Little history gives no forecast, and
says how much is missing; a number is never made up.
"""
