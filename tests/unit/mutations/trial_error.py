"""What was promised of every file, and was not so."""

from __future__ import annotations


class PromiseError(AssertionError):
    """A finding without a place, a refusal without a finding, a policy that decides what it must not."""
