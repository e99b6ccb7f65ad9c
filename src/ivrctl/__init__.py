"""ivrctl: an IVR and ACD controller for Asterisk.

This page is the architecture. Telephony engineers write call flows in YAML; ivrctl checks them, simulates them,
tests them with real softphones and runs them over FastAGI on a stock Asterisk.

The layers, from the top; imports go down only, and packages joined by ``|`` never import each other::

    cli                          commands; the composition root
    web | testkit                HTTP API | fake Asterisk, softphones, scenario engines
    service                      use cases and loops: a leg of a call, the versions of a site, the parent process
    adapters                     asyncio, sockets, files, databases, clock, subprocesses
    simulation                   PURE: a day of queues on a virtual clock, with the same staffing decisions
    staffing | forecast          PURE: which tiers of backup staff come in and go home, and why | how many calls will
                                 come, and how many people they need
    flow | speech | agi | ami    PURE, and unaware of each other
         | acd | identity
    site                         PURE: what ivrctl.yaml says
    lang                         PURE: located YAML, findings, expressions, templates
    model                        PURE: value types
    errors                       the exception tree

A call, from the dialplan to its record::

    dialplan --AGI(leg, after)--> adapters.fastagi_server --bytes--> agi --> service.call_runner
       call_runner: Run(position).resume(reply) -> Command -> AGI command -> reply -> resume ... -> hand-off or end
       end of a leg: the journal closes it; end of a call: CallRecord -> store

The controller holds a call only while its flow is doing something. What takes long (a queue, a dial) is handed off:
the runner sets ``IVRCTL_NEXT`` and closes the socket, the dialplan runs the application and comes back into AGI with
the outcome. So coming back from a queue and coming back after a crash are the same path, and it is used on every call.

The queues, from AMI to a figure::

    Asterisk --events--> adapters.ami --packets--> ami --> service.queues.translate --events of acd-->
       acd.fold -> Picture -> facts for flows, API, metrics
       acd.Ledger -> stays, spans of agents, gaps -> adapters.books_store -> acd.books, acd.kpi -> figures

What was before says what is to come: ``service.forecasting`` has the database count the books of past weeks,
``forecast`` makes calls and people of them, and backup staff comes before the calls do.

Events are hints, a full reading at connect, each minute and on doubt is the truth; what is not known says so.

``flow`` never sees AGI: it yields commands and is told replies. ``agi`` never sees a flow: it turns bytes into
replies and commands into bytes; ``ami`` does the same for responses, events and actions, and ``acd`` knows queues and
agents without either. ``speech`` knows how a value is said, not where a file lies, ``identity`` how often a PIN may be
guessed, not whose it is. ``service`` joins them.
"""

__version__ = "0.1.0"
