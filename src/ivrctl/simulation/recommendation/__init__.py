"""A bounded search over the numbers of a policy: the cheapest reserve that keeps the promise.

::

    recommended.recommend(space, level, run, …) -> Recommendation
        space       what can be changed, on coarse values: scales
        tries       what was tried, and what came of it
        judged      when a promise is kept, what reserve costs, what is better
        search      where to look next: response is the model of all that was tried
        simplified  what does nothing is put back
        reasons     what each changed number does by itself

Runs come in as a function: who has several processors runs several at the same time.
"""
