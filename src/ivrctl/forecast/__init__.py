"""How many calls will come, how long they will take, and how many people they need: PURE.

::

    History (offered calls and handling time per interval of past days)     history, and as numbers: table
        day_class      what a day is like: its weekday, holidays, make-up days, edges of the month
        season         what such days were like, and how much more or less it is lately
        spread         how far days are from that; what the day so far says of its rest
        handling       how long calls take
        seasonal       forecast(history, day, so far today) -> Forecast: one Expected per interval, with a band
        rolling        each past day forecast from those before it: the band, and
        judged         how wrong it was on past days, beside two naive forecasts
        erlang         Erlang B, C and A: waits, service level, and the people whom a load needs
        required       Forecast -> people per interval; shortfall against those who are there

It knows the intervals of ``acd``, and neither staffing policies nor databases. Little history gives no forecast, and
says how much is missing; a number is never made up.
"""
