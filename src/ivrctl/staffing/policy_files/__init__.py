"""From a site's ``*.staffing.yaml`` to policies, or to findings with their places; and back to a file.

::

    load.read_policies(files, site, findings) -> Policy by name     bound, checked and resolved
        policy_file, thresholds, written      what stands in a file, as frozen dataclasses
        check and its parts, ranges, rules    what is wrong with one, or with several together
        roster, resolve                       names become people, units seconds, a calendar floors
    numbers     the numbers of a policy, each with its place: what a search may change
        provable    whether the checker lets a policy with other numbers through
        rewritten   the file with other numbers, and whatever else its author wrote
"""
