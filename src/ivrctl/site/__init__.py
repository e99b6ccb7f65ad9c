"""What ``ivrctl.yaml`` says: one installation's languages, databases, lookups, queues, prompts and call fields.

``check.bind_site`` turns the located YAML into a frozen ``Site``. Pure: it names databases and files, it opens none.
"""
