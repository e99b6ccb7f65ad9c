"""The manual pages of Asterisk and its phones: ``ivrctl pbx``, ``call``, ``doctor``, ``prompts``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import (
    CACHE_HOME,
    INTERRUPTED,
    OK,
    PBX_FOLDER,
    RUNTIME,
    SITE,
    STATE,
    STATE_HOME,
    USAGE,
    Page,
)

PBX_PAGES: Mapping[str, Page] = {
    "call": Page(
        brief="dial with a softphone, print what is heard",
        text="Every prompt that the controller says is compared with what the phone recorded; likeness is 1 for the "
        "same sound, and from 0.5 a prompt counts as heard. Nothing is dialled unless the PBX finds this site's "
        "controller and one of its flows has the number. No agent is logged in to any queue meanwhile. Ctrl-C hangs "
        "up and prints what was heard until then. With --no-controller it is dialled all the same, such as to hear "
        "what callers hear while none runs: nothing is compared, and the recording is kept.",
        reads=(STATE, PBX_FOLDER),
        writes=("what was heard on standard output", "the folder of --keep: the recording and the phone's log"),
        exits=(
            OK,
            "1  the call was not answered",
            "2  wrong usage, or a number that no flow has",
            "5  the PBX or the site's controller does not answer, or not there",
            INTERRUPTED,
        ),
        environment=(STATE_HOME, CACHE_HOME),
        examples=(
            "ivrctl call 1001011 --from 13800138000",
            "ivrctl call 10010 --press 1,1,1,h",
            "ivrctl call 10010 --no-controller",
        ),
        see=("calls", "sim", "pbx up"),
    ),
    "doctor": Page(
        brief="examine an Asterisk: what is wrong, lines to paste",
        text="It asks AMI for modules, rights, queues and settings, and has Asterisk place a probe call that plays a "
        "file of ours. Every finding comes with the line to paste and the file where it belongs; what could not be "
        "looked at is said. Nothing of the PBX is changed.",
        reads=(SITE, STATE, PBX_FOLDER),
        writes=("findings on standard output", "a short sound file in the folder of prompts, for a moment"),
        exits=("0  nothing is wrong", "1  findings", USAGE, "5  AMI does not answer"),
        environment=(STATE_HOME, "IVRCTL_AMI_SECRET, IVRCTL_DOCTOR_SECRET  passwords of the AMI users"),
        examples=("ivrctl doctor", "ivrctl doctor flows --pbx default", "ivrctl doctor --json"),
        see=("explain", "pbx up", "status"),
    ),
    "pbx up": Page(
        brief="start a PBX",
        text="It listens on loopback only, with passwords made by chance, and looks for its controller at --agi. The "
        "image or the Debian root is built once, which takes a minute or so; from then on it starts within seconds. "
        "One that runs already is left as it is.",
        reads=("nothing",),
        writes=(PBX_FOLDER, "the image, or $XDG_CACHE_HOME/ivrctl/roots: about 400 MB"),
        exits=(
            OK,
            "2  no runtime can be used here, or a program is missing",
            "5  the runtime asked for does not answer, or Asterisk did not start",
        ),
        environment=(STATE_HOME, CACHE_HOME, RUNTIME),
        examples=("ivrctl pbx up", "ivrctl pbx up second --agi 127.0.0.1:4574 --runtime podman"),
        see=("pbx down", "pbx logs", "call"),
    ),
    "pbx down": Page(
        brief="stop it",
        text="Calls on it end. Its folder stays, with its log and its prompts.",
        reads=(PBX_FOLDER,),
        writes=("nothing",),
        exits=("0  it does not run any more, or did not run",),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx down",),
        see=("pbx up", "pbx status"),
    ),
    "pbx status": Page(
        brief="show those that run",
        text="A line for each: its ports, and where it looks for its controller.",
        reads=(PBX_FOLDER,),
        writes=("a line for each PBX on standard output",),
        exits=("0  whether one runs or not",),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx status", "ivrctl pbx status --json"),
        see=("pbx up", "pbx logs"),
    ),
    "pbx logs": Page(
        brief="show Asterisk's log",
        text="What Asterisk wrote in its own log, of this run; also after it has ended.",
        reads=(PBX_FOLDER,),
        writes=("the log's last lines on standard output",),
        exits=(OK, "5  this PBX never ran", INTERRUPTED),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx logs", "ivrctl pbx logs -n 200", "ivrctl pbx logs -f"),
        see=("pbx status", "doctor"),
    ),
    "prompts build": Page(
        brief="make every prompt that calls can need",
        text="Texts are spoken by the voice where no recording stands for them; amounts, numbers and dates are made "
        "in pieces that are joined in a call. What is there already is kept. A controller does the same when it "
        "starts and when the site changes.",
        reads=(SITE, "recordings in the site's prompts/", PBX_FOLDER),
        writes=(
            "the folder of prompts: of the PBX, or as the site file says",
            "$XDG_CACHE_HOME/ivrctl/sounds: what was spoken, for other PBXs",
        ),
        exits=(OK, "1  a prompt could not be made", USAGE),
        environment=(STATE_HOME, CACHE_HOME),
        examples=("ivrctl prompts build", "ivrctl prompts build flows --pbx default"),
        see=("prompts check", "serve"),
    ),
    "prompts check": Page(
        brief="show what is missing or broken",
        text="Recordings that Asterisk could not play are named with what is wrong with them.",
        reads=(SITE, "recordings in the site's prompts/", PBX_FOLDER),
        writes=("what is missing or broken on standard output",),
        exits=("0  every prompt is there", "1  some are missing or broken", USAGE),
        environment=(STATE_HOME, CACHE_HOME),
        examples=("ivrctl prompts check",),
        see=("prompts build",),
    ),
}
