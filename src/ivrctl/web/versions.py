"""The version of the form of what is answered."""

FORMAT_VERSION = 1
"""Of every JSON answer: raised when a field changes its meaning or goes."""
