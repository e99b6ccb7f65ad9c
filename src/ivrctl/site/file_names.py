"""Names of a site's files that layers must know which do not read them."""

from __future__ import annotations

POLICY_SUFFIX = ".staffing.yaml"
"""Of a policy of backup staff: flows know nothing of it, and a version of the site holds it all the same."""
DAY_SUFFIX = ".day.yaml"
"""Of a synthetic day, on which policies are tried: it is checked with the site, and no version holds it."""
