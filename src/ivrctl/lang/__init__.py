"""The ground that all of ivrctl's YAML stands on: located values, findings, types, expressions, templates.

From bytes to typed objects, with every finding at its place::

    bytes --loader.load--> Node (every value carries its Span) --binder.Binder--> frozen dataclasses
    Template, Expression: parsed when bound, checked against a Scope when the flow is compiled, evaluated per call

The way through::

    loader       bytes to nodes; decoding, syntax and comments say what is wrong with a file
    binder       nodes to dataclasses; shapes has the readers, scalars reads texts, emptiness explains nulls
    named_files  files of one kind: each called by its name, and bound
    schema       dataclasses to JSON Schema, for editors; marks says which words are names of something
    types        what a value can be, what fits where, and foreign values made to conform
    names        Scope (types, at check time) and Names (values, per call); narrow after a guard
    expressions  `when` and `check`: tokens, parser, tree, checker, proofs, evaluator
    templates    texts with values; braces is their syntax, formats says which type is said how
    findings     the collector; report shows them
    rule         what a rule is, and the page that explains it; rules is this layer's table

Knows nothing of flows, sites, Asterisk or files: a source is bytes and a name.
"""
