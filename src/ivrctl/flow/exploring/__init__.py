"""What can become of callers: every way through the flows of a site, found by walking them.

Nothing here knows what an action means: the engine itself is run, from stop to stop, and at each stop everything that
can happen there happens once::

    starts     how calls begin: each line, from outside and from agents, at every moment that makes a difference
    walk       from one stop to the next: a question, a lookup, a hand-off, the end
    keyings    what callers may key at a question     } representatives: what the flows can tell apart,
    answers    what a lookup may answer               } and nothing twice
    relevance  what of a position can still matter: two positions that differ in nothing else are one state
    territory  the states and the ways between them
    journeys   what is asked of them: shortest ways, dead ends, the way to a person
    survey     what is told of a site: endings by line, silences, steps and prompts that nobody comes to

    pairing      two sites walked in step: the same callers, the same answers
    differences  how one call fares differently on them, at the stop to which it has come
    origins      from which lines the states of both can be reached
    comparing    which callers part, one sentence for each cause
    wording      choices, destinations and whole calls in words

What is left out, and said so where it counts: keys pressed before anybody asks (they do what the same keys do at the
question), a caller who errs now in one manner and now in another at the same question, and the time that passes during
a call. A caller may hang up anywhere.
"""
