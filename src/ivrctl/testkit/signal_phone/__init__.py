"""Phones without sound, many in one process: for tests that are about calls and queues, not about what is heard.

    async with SignalPhones.opened(pbx) as phones:
        agent = await phones.agent("8101", password)
        agent.on_call = lambda call: call.accept()
        call = phones.caller("13800138000").dial("10010")
        await call.until_established(within=5)
        await call.press("1")
        call.hang_up()

Each dials, answers, presses keys, transfers and hangs up at the moment at which a test says so, and knows when. It
sends as little sound as Asterisk needs to believe that somebody is there. ``ivrctl.testkit.softphone`` has phones that
hear.

    message     SIP as text: one message
    exchange    the sockets, and whose each message is
    call        one call, as the phone that has it
"""

from ivrctl.testkit.signal_phone.call import CallEnd, SignalCall, SignalCallError
from ivrctl.testkit.signal_phone.exchange import SignalPhone, SignalPhones

__all__ = ["CallEnd", "SignalCall", "SignalCallError", "SignalPhone", "SignalPhones"]
