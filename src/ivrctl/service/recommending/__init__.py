"""A better policy is looked for on days that were, or that are only described; nothing is put into force.

::

    running    settings of a policy on drawn days, in processes that stay for the whole search

``simulation.recommendation`` says what is tried and judges it, and knows no processes; ``backtesting`` compares
policies that somebody has written.
"""
