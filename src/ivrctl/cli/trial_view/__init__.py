"""A trial of policies as a person reads it, and for programs.

::

    rows      which figures there are, and how each is written
    text      the table: variants beside each other, and what was assumed
    blocks    a chart of the day in a terminal: callers, service level, tiers in
    svg       the same as a picture
    records   the same for programs: JSON, and the tables of CSV
"""
