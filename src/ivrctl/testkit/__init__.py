"""The test kit, shipped and itself tested: a fake Asterisk, softphones, audio comparison, scenarios and their engines.

Telephony engineers use it through ``ivrctl test``; ivrctl's own tests stand on the same parts.
"""
