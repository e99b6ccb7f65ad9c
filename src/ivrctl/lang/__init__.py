"""The ground that all of ivrctl's YAML stands on: located values, findings, types, expressions, templates.

From bytes to typed objects, with every finding at its place::

    bytes --loader.load--> Node (every value carries its Span) --binder.Binder--> frozen dataclasses
    Template, Expression: parsed when bound, checked against a Scope when the flow is compiled, evaluated per call

Knows nothing of flows, sites, Asterisk or files: a source is bytes and a name.
"""
