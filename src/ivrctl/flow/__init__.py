"""Call flows: from YAML to a program, and from a program to commands.

Before a call, ``program.compile_site`` binds the files of a site, checks them and gives a frozen ``Program`` or the
findings. During a call, ``engine.Run`` walks one program from a ``Position``: it yields commands (``commands``) and is
told replies, and hands back a new position at every action boundary. A call that is cut anywhere resumes from its last
position alone.

One file per action kind lives in ``actions``. Pure: knows nothing of AGI, files, databases or the time.
"""
