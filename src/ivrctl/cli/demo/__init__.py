"""The demonstration: a real Asterisk, the demo site, softphones that dial its lines.

``python -m ivrctl.cli.demo`` starts a PBX and a controller of its own on free ports, has the reference lines dialled,
prints what each caller heard and the way the call took, and says whether all of it was as it should be. ``calls`` says
who dials what; ``rush`` is a rush, in which backup staff comes in and goes home; ``__main__`` sets up what they need.
"""
