"""Policies of backup staff are tried on a day, before they touch anybody's afternoon.

::

    reading    the books of a day that was, from the site's database
    foreseeing what had been forecast for it
    variants   what is compared: no policy, those of the site, and files that are not served yet
    running    every variant on the days of all seeds
    processes  one kind of work on several processors
    pickling   what the processes hand to each other

``simulation`` has the days and their runs, and knows no files, databases or processes.
"""
