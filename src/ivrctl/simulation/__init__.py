"""A day of queues on a virtual clock, with the same staffing decisions as the live one: PURE.

::

    Day (who calls when, for how long, who works)        day
        days/       read from a small description, or from the books of a day that was
    simulate(day, policies, chance) -> Outcome           engine: events in the order of their times
        agenda      what is going to happen, by its time
        desk        who joins, rings, talks, leaves: people, bench; strategies and weights of app_queue
        memberships shifts and pauses; who is called in and sent home
        backup      look and go_round of ``staffing`` on the virtual clock: seen, stays; sides says when none is needed
        carrying    plans that come about; reserve what they cost, tally what became of callers
    outcome, compared                                    figures of one run; of several policies over several seeds
    recommendation/                                      a bounded search over a policy's thresholds

The outcome follows from the arguments alone: chance comes in as a generator of numbers, time is seconds from the day's
beginning. What is simplified against a real Asterisk stands in ``engine``, and is measured against one by the tests.
"""
