"""Pictures of flows: which step leads where, and by what.

::

    picture   a flow as boxes and arrows, as plain values
    mermaid   a picture as a Mermaid flowchart, which GitHub, GitLab and many editors show
    dot       a picture in Graphviz's language

A step is a box; a sub-flow, a queue, an extension and a voicemail are boxes of their own. What is only said or set on
the way to somewhere is no box. Pure: what calls have walked is an argument (``flow.coverage``).
"""

from ivrctl.flow.drawing.dot import to_dot
from ivrctl.flow.drawing.mermaid import to_mermaid
from ivrctl.flow.drawing.picture import Picture, picture_of

__all__ = ["Picture", "picture_of", "to_dot", "to_mermaid"]
