"""Backup staff as text: what ``ivrctl staffing`` shows on a terminal and elsewhere.

::

    status   how every policy stands
    plans    what would be done, and what became of it
    why      why a tier, or somebody, is in or out; and one decision from beginning to end
    paint    colours, where somebody sees them
"""
