"""The rules that findings about a PBX name; their examples are lines of Asterisk's configuration, or commands."""

from __future__ import annotations

from ivrctl.lang.findings import Severity
from ivrctl.lang.rule import Rule, Shown, table
from ivrctl.service.doctor.filters import FILTERS


def _pbx(id_: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(id_, title, why, bad, good, Shown.PBX, severity)


_ACCESS = (
    _pbx(
        "IVR401",
        "AMI does not answer",
        "Over AMI the controller hears who waits in a queue and who has hung up. It listens on loopback: nobody else "
        "needs it.",
        "; manager.conf\n[general]\nenabled = no\n",
        "; manager.conf\n[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = 5038\n",
    ),
    _pbx(
        "IVR402",
        "Asterisk refuses the controller's AMI user",
        "The controller knows nothing of queues then. Its user stands in ivrctl.d/manager.conf, with a password of "
        "your own making, which the controller finds in IVRCTL_AMI_SECRET.",
        "; manager.conf ends here\n",
        "; manager.conf\n#include ivrctl.d/manager.conf\n",
    ),
    _pbx(
        "IVR403",
        "Asterisk refuses the AMI user that examines",
        "Without it no probe call is placed, and nobody sees what Asterisk sees. Take the line out again afterwards: "
        "its rights are large.",
        "; manager.conf\n#include ivrctl.d/manager.conf\n",
        "; manager.conf\n#include ivrctl.d/manager.conf\n#include ivrctl.d/doctor.conf\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR404",
        "the controller's AMI user lacks a right",
        "The controller is not told what it works by, or may not do it: nobody is brought into a queue, or a caller "
        "who has hung up counts as there.",
        "; ivrctl.d/manager.conf\n[ivrctl]\nread = call\nwrite = agent,reporting,message\n",
        "; ivrctl.d/manager.conf\n[ivrctl]\nread = system,call,agent,dialplan\nwrite = agent,reporting,message\n"
        + "".join(f"{line}\n" for line in FILTERS),
    ),
    _pbx(
        "IVR405",
        "the controller's AMI user has a right that is too large",
        "Who gets hold of a controller that runs all the time gets its rights: a shell, every call, or every key that "
        "callers press, and so their PINs. The class dialplan is no such right behind the eventfilter lines of "
        "ivrctl.d/manager.conf, which let two variables through.",
        "; ivrctl.d/manager.conf\n[ivrctl]\nread = all\nwrite = all\n",
        "; ivrctl.d/manager.conf\n[ivrctl]\nread = system,call,agent,dialplan\nwrite = agent,reporting,message\n",
    ),
    _pbx(
        "IVR406",
        "a slow reader of AMI events is disconnected too soon",
        "By default Asterisk disconnects a user who does not read for 100 ms. A controller that is busy for a moment "
        "then misses what happens meanwhile.",
        "; ivrctl.d/manager.conf\n[ivrctl]\nwritetimeout = 100\n",
        "; ivrctl.d/manager.conf\n[ivrctl]\nwritetimeout = 5000\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR407",
        "AMI is open to other machines",
        "Whoever reaches the port can try passwords, and reads what crosses the network. Say from where users may log "
        "in.",
        "; manager.conf\n[general]\nbindaddr = 0.0.0.0\n; ivrctl.d/manager.conf\n[ivrctl]\nsecret = …\n",
        "; ivrctl.d/manager.conf\n[ivrctl]\nsecret = …\ndeny = 0.0.0.0/0.0.0.0\ndeny = ::/0\n"
        "permit = 127.0.0.1/255.255.255.255\n",
    ),
    _pbx(
        "IVR408",
        "AMI crosses a public network without encryption",
        "Everybody on the way reads the password and the numbers of callers. Take a tunnel or a private network.",
        "# ivrctl.yaml\nasterisk: {ami: {host: 203.0.113.7}}\n",
        "# ivrctl.yaml\nasterisk: {ami: {host: 127.0.0.1}}   # through a tunnel to that machine\n",
    ),
)

_SYSTEM = (
    _pbx(
        "IVR411",
        "the Asterisk is none that ivrctl runs on",
        "What an application says when it ends differs between releases, and the dialplan goes by it. Asterisk 22 is "
        "the long-term release that every test runs on.",
        "; what asterisk -V says\nAsterisk 18.10.0\n",
        "$ asterisk -V\nAsterisk 22.5.2\n",
    ),
    _pbx(
        "IVR412",
        "a module is not loaded",
        "The dialplan ends where it would use it, in the middle of a call. The finding says what becomes of callers. "
        "app_record is asked for where the site has boxes for voicemail.",
        "; modules.conf\n[modules]\nnoload = res_agi.so\n",
        "; modules.conf\n[modules]\nload = res_agi.so\n",
    ),
    _pbx(
        "IVR413",
        "the clocks of Asterisk and of this machine differ",
        "Opening hours begin, and notices end, at another time than they say; records of one call disagree.",
        "$ timedatectl\nSystem clock synchronized: no\n",
        "$ timedatectl set-ntp true\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR414",
        "a log holds the keys that callers press",
        "PINs and card numbers stand in a file then, and in its copies.",
        "; logger.conf\n[logfiles]\nfull => notice,warning,error,dtmf\n",
        "; logger.conf\n[logfiles]\nfull => notice,warning,error\n",
    ),
)

_DIALPLAN = (
    _pbx(
        "IVR421",
        "ivrctl.d/globals.conf is not included, or a value of it is missing",
        "The dialplan does not know where its controller is, who takes callers without one, or where messages go. Of a "
        "site with voicemail IVRCTL_RECORDINGS is one of them.",
        "; extensions.conf\n[globals]\n",
        "; extensions.conf\n[globals]\n#include ivrctl.d/globals.conf\n",
    ),
    _pbx(
        "IVR422",
        "ivrctl.d/extensions.conf is not included, or is an old one",
        "No call reaches the controller; or the controller says how to go on in a word that the dialplan does not "
        "know, and the caller is put through to the fallback queue. Copy the file anew with each release.",
        "; extensions.conf ends here\n",
        "; extensions.conf\n#include ivrctl.d/extensions.conf\n",
    ),
    _pbx(
        "IVR423",
        "nothing bounds how long a caller is held by a controller that is silent",
        "Asterisk waits for ever for a program that accepted the connection. With a limit a person takes the call.",
        "; ivrctl.d/globals.conf\nIVRCTL_LEG_LIMIT = 0\n",
        "; ivrctl.d/globals.conf\nIVRCTL_LEG_LIMIT = 600\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR424",
        "no call is sent to ivrctl",
        "Everything is there, and no caller reaches it: a context of the PBX sends calls to ivrctl-lines.",
        "; extensions.conf\n[from-trunk]\nexten => 10010,1,Congestion()\n",
        "; extensions.conf\n[from-trunk]\nexten => 10010,1,Goto(ivrctl-lines,${EXTEN},1)   ; the line's own number\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR425",
        "a caller can choose a priority of the dialplan",
        "A comma in a dialled number (%2C in a SIP address) is one of Goto's: what stands behind it is taken for a "
        "priority. FILTER leaves only what telephones dial.",
        "; extensions.conf\n[from-trunk]\nexten => _X!,1,Goto(ivrctl-lines,${EXTEN},1)\n",
        "; extensions.conf\n[from-trunk]\nexten => _X!,1,Goto(ivrctl-lines,${FILTER(0-9*#+,${EXTEN})},1)\n",
    ),
    _pbx(
        "IVR426",
        "the dialplan has other agents than the site",
        "Asterisk signs agents on by ivrctl.d/agents.conf, which is made of the site file and copied to the PBX by "
        "hand. With an old one, somebody who is new hears that the feature is not available, and others sign on to "
        "queues that they serve no more.",
        "$ ivrctl agents\n",
        "$ ivrctl agents dialplan > agents.conf\n$ cp agents.conf /etc/asterisk/ivrctl.d/\n"
        '$ asterisk -rx "dialplan reload"\n',
        Severity.WARNING,
    ),
    _pbx(
        "IVR427",
        "no phone can dial the codes of the agents",
        "The codes are a context of their own, which the context of the agents' phones includes, before what takes "
        "every number there.",
        "; extensions.conf\n[from-agents]\nexten => _X!,1,Goto(ivrctl-lines-for-agents,${FILTER(0-9*#+,${EXTEN})},1)\n",
        "; extensions.conf\n[from-agents]\ninclude => ivrctl-agent-codes\n",
        Severity.WARNING,
    ),
)

_CONTROLLER = (
    _pbx(
        "IVR431",
        "no controller runs for this site",
        "Callers hear the fallback's apology and wait for a person.",
        "$ ivrctl status SITE\nno controller answers\n",
        "$ ivrctl serve SITE\n",
    ),
    _pbx(
        "IVR432",
        "Asterisk does not reach the controller",
        "A controller runs, and the dialplan looks for it elsewhere: callers hear the fallback.",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:4574\n",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:4573\n",
    ),
    _pbx(
        "IVR433",
        "another program answers where Asterisk looks for the controller",
        "A program that is silent holds each caller until the limit of a leg.",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:80\n",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:4573\n",
    ),
    _pbx(
        "IVR434",
        "another controller answers where Asterisk looks for this one",
        "Callers hear the flows of another site, or an older copy of this one.",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:4600\n",
        "; ivrctl.d/globals.conf\nIVRCTL_AGI = 127.0.0.1:4573\n",
    ),
    _pbx(
        "IVR435",
        "the controller takes no calls now",
        "It is full, or it is leaving: new callers are put through to the fallback queue meanwhile.",
        "$ ivrctl doctor SITE\n",
        "$ ivrctl status SITE\n",
    ),
)

_PROMPTS = (
    _pbx(
        "IVR441",
        "Asterisk does not see the prompts",
        "Callers hear nothing where a prompt should be. The site file says of one folder how each side sees it.",
        "# ivrctl.yaml\nasterisk: {prompts: {ours: /srv/ivrctl/prompts, asterisk: /elsewhere}}\n",
        "# ivrctl.yaml\nasterisk: {prompts: {ours: /srv/ivrctl/prompts, asterisk: /srv/prompts}}\n",
    ),
    _pbx(
        "IVR442",
        "the fallback's recording lies where Asterisk does not look for it",
        "Without a controller callers hear Asterisk's own English words in the place of the site's.",
        "; ivrctl.d/globals.conf\nIVRCTL_PROMPTS = /elsewhere\n",
        "; ivrctl.d/globals.conf\nIVRCTL_PROMPTS = /srv/prompts\n",
    ),
    _pbx(
        "IVR443",
        "Asterisk does not see the spool",
        "Prompts that are made for one call, such as an amount, are not heard.",
        "# ivrctl.yaml\nasterisk: {spool: {ours: /run/ivrctl/spool, asterisk: /elsewhere}}\n",
        "# ivrctl.yaml\nasterisk: {spool: {ours: /run/ivrctl/spool, asterisk: /srv/spool}}\n",
    ),
    _pbx(
        "IVR444",
        "a prompt is not played for its length",
        "Callers hear pieces of it. Asterisk has no source of time, or the machine is overloaded.",
        "; modules.conf\n[modules]\nnoload = res_timing_timerfd.so\n",
        '$ asterisk -rx "timing test"\n',
        Severity.WARNING,
    ),
    _pbx(
        "IVR445",
        "an endpoint allows no codec that prompts are made for",
        "Every prompt is converted for it in each call, or not heard at all where the codec is missing.",
        "; pjsip.conf\n[8105]\ntype = endpoint\nallow = g722\n",
        "; pjsip.conf\n[8105]\ntype = endpoint\nallow = alaw,ulaw\n",
        Severity.WARNING,
    ),
)

_QUEUES = (
    _pbx(
        "IVR451",
        "the fallback queue does not exist",
        "Without a controller callers reach nobody.",
        "; queues.conf without the queue that IVRCTL_FALLBACK_QUEUE names\n",
        "; queues.conf\n[front-desk]\nstrategy = ringall\njoinempty = yes\nleavewhenempty = no\n"
        "member => PJSIP/8105   ; a phone\n",
    ),
    _pbx(
        "IVR452",
        "the fallback queue depends on people signing on",
        "At night, or after Asterisk was started anew, nobody may be in it. A static member is always there.",
        "; queues.conf\n[front-desk]\nstrategy = ringall\n",
        "; queues.conf\n[front-desk]\nstrategy = ringall\nmember => PJSIP/8105   ; a phone\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR453",
        "a queue that the site names does not exist",
        "A flow that leads there has the outcome failed, for every caller.",
        "; queues.conf without a queue that the site file names\n",
        "; queues.conf\n[vip]\nstrategy = rrmemory\njoinempty = yes\nsetqueueentryvar = yes\n",
    ),
    _pbx(
        "IVR454",
        "keys do not leave a queue",
        "The caller is told that a key leads on, and nothing happens when he presses it.",
        "; queues.conf\n[broadband]\nstrategy = rrmemory\n",
        "; queues.conf\n[broadband]\nstrategy = rrmemory\ncontext = ivrctl-queue-keys\n",
    ),
    _pbx(
        "IVR455",
        "queue members are remembered by Asterisk",
        "Two keep the same list, and they come to differ: people are called who have gone home, or a queue loses its "
        "people at one start.",
        "; queues.conf\n[general]\npersistentmembers = yes\n",
        "; queues.conf\n[general]\npersistentmembers = no\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR456",
        "a Local member has no state of its own",
        "He is called while he talks, and counts as there when his phone is away. Name what has a state behind him.",
        "; queues.conf\n[vip]\nmember => Local/5001@from-queue/n\n",
        "; queues.conf\n[vip]\nmember => Local/5001@from-queue/n,0,,PJSIP/5001\n",
        Severity.WARNING,
    ),
    _pbx(
        "IVR458",
        "a queue does not tell how long a caller waited until he was answered",
        "The controller cannot know by itself when a phone was picked up. Without it no record has the wait of a "
        "caller who was answered, and whether the promise to his tier was kept is unknown.",
        "; queues.conf\n[vip]\nstrategy = rrmemory\n",
        "; queues.conf\n[vip]\nstrategy = rrmemory\nsetqueueentryvar = yes\n",
        Severity.WARNING,
    ),
)

_PHONES = (
    _pbx(
        "IVR457",
        "an extension of the site has nothing in the PBX that rings",
        "A flow that dials it has the outcome unavailable, for every caller, and so has everybody who keys it in.",
        "; pjsip.conf without an endpoint for an extension of the site file\n",
        "; pjsip.conf\n[8105]\ntype = endpoint\nallow = alaw,ulaw\n",
    ),
)

RULES = table(*_ACCESS, *_SYSTEM, *_DIALPLAN, *_CONTROLLER, *_PROMPTS, *_QUEUES, *_PHONES)
"""By id."""
