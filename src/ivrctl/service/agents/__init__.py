"""Agents beyond the site file: what their codes are made of in the dialplan, and what is shown of them.

::

    dialplan    the lines of ivrctl.d/agents.conf, which the fixed part of the dialplan works with
    listing     the agents with their queues and groups, for the command line

Pure. Signing on and off belongs to Asterisk and works without the controller: nothing here takes part in it.
"""
