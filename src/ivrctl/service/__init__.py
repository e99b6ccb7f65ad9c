"""The use cases and loops that join the pure packages with the adapters.

A leg of a call (``call_runner``), the versions of a site (``site_versions``), the parent process that keeps a
controller alive. Nothing here parses a protocol or a file.
"""
