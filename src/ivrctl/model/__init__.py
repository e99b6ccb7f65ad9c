"""Value types that every layer shares: values of a call, what is said, how a call ended, its record.

Pure and frozen. Knows nothing of YAML, AGI or files.
"""
