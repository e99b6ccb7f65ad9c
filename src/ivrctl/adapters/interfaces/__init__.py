"""The site's HTTP interfaces: what lookups ask, and where submissions go.

``site_interfaces`` is the way in: declared questions go in, rows or a fault come out, and ``post`` delivers. Around
one exchange of ``client`` stand ``address`` (where it is), ``writing`` (what we send), ``reading`` (what we take of an
answer) and ``breaker`` (whether it is asked at all).

An interface is a stranger: it gets a deadline over everything, an answer has bounds, and nothing that it says or that
it was asked stands in a message.
"""
