"""A day of queues on a virtual clock, with the same staffing decisions as the live one: PURE.

::

    Day (who calls when, for how long, who works)        day
        synthetic   from a small description             <name>.day.yaml: day_file, load, check_day, day_rules
        recorded    from the books of a day that was     recorded_callers, patience; recorded_people, recorded_shifts
    simulate(day, policies, chance) -> Outcome           engine: events in the order of their times
        desk        queues, agents, who is rung for whom by app_queue's strategies
        backup      look, decide, diff, guard of ``staffing`` on the virtual clock, and plans that come about
    outcome, compared                                    figures of one run; of several policies over several seeds
    recommended                                          a bounded search over a policy's thresholds

The outcome follows from the arguments alone: chance comes in as a generator of numbers, time is seconds from the day's
beginning. What is simplified against a real Asterisk stands in ``engine``, and is measured against one by the tests.
"""
