"""Backup staff on the clock: rounds of the pure decisions of ``ivrctl.staffing``, carried out and kept.

::

    QueueWatch --another picture--> loop --look, decide, diff, guard--> Round
                                     |--keeper: memory, decisions, orders, which controller acts
                                     |--actuator: leases, QueueAdd and QueueRemove, observed
                                     '--heads_up: who is called in, or warned, is told

    actuator    Actuator: carries plans out; leases, work and attempts are its parts, last_look its guard
    loop        StaffingLoop: when rounds are due, and what becomes of one that fails
    former      policies that are gone while their people are still in
    ports       what the loop needs of who keeps and of who carries out
    heads_up    texts to phones, and submissions
    shown       how it stands, as the API shows it
"""
