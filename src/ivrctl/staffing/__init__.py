"""Who comes in when it is busy, and when they go home: PURE decisions about backup staff.

A policy has tiers that come in one after the other and leave in reverse. One round of it, each step a function of
plain values::

    look(policy, scene, orders, …)        -> View        what is measured, and who could come
        scene, measuring, seats               one moment for all policies; the measures; members, made when asked for
        own_staff                             who is there by himself: a forecast's need is compared with them
    decide(policy, view, memory, now)     -> Decision    which tiers are in, who is wanted, why, when to look again
        recall                                what is remembered, as it counts now: clocks are set, controllers die
        levels, with rows, orders, floors     the tiers, by figures, by hand, by the calendar
        crew, asking, warning                 who of a tier comes, who is asked, who is told before
        standing, sentences                   why each tier is as it is; the same in words
        json_form, json_reading               memory and decisions as plain values, and back
    diff(decision.desired, view, owned)   -> Plan        adds first, removals last, each with its reason
    guard(plan, view, …)                  -> Plan        what would hurt a caller or a talk is held back, and says so
    rounds.go_round(…)                    -> Round       the last three, as a value

Before that, once for each version of a site::

    policy_files.load.read_policies(files, site, findings) -> Policy by name
    bound.bound_of(policy)                -> Bound      what it changes in an hour at most

``service.staffing`` runs rounds on the clock, carries plans out and keeps the record; the simulator runs the same
functions on a clock of its own. Everything here knows the picture of ``acd``, and nothing of AMI, files or time.

What is not known is ``None`` and holds: an unknown figure neither engages nor releases, an unknown picture changes
nothing. Durations are ``timedelta``; moments are aware and on Asterisk's clock.
"""
