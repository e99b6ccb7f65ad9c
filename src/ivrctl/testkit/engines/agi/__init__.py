"""The engine between simulation and reality: the real runner and FastAGI server, a real socket, a fake Asterisk."""

from ivrctl.testkit.engines.agi.engine import AgiEngine

__all__ = ["AgiEngine"]
