"""The HTTP API of a running controller, on a Unix socket.

Handlers translate requests to questions to ``service`` and answers to JSON; they decide nothing.
"""
