"""An HTTP interface of one's own on loopback, for tests: it answers well, slowly, wrongly and maliciously, by path.

``InterfaceServer`` listens on a real socket and remembers what it was asked; the first part of the path says how it
answers (``answers.ANSWERS``), so that one site can declare a lookup for each. It speaks the bytes itself: an HTTP
library would not let it say what is wrong.
"""

from ivrctl.testkit.interface_server.answers import ANSWERS
from ivrctl.testkit.interface_server.server import Asked, InterfaceServer, closed_port

__all__ = ["ANSWERS", "Asked", "InterfaceServer", "closed_port"]
