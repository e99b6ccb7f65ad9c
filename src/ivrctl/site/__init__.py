"""What ``ivrctl.yaml`` says: one installation's languages, databases, lookups, queues, prompts and call fields.

Opening hours have modules of their own: ``hours`` (what a flow asks), ``opening`` (the spans of a day), ``calendar``
(public holidays), ``check_hours``.

``check.bind_site`` turns the located YAML into a frozen ``Site``. Pure: it names databases and files, it opens none.
"""
