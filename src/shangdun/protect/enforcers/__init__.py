"""What puts decisions in force: one folder a kind, found by being there.

A folder holds ``SETTINGS``, a msgspec Struct whose tag is the kind, and ``build(settings, post)``,
which gives an ``Enforcer``. Values that reach a firewall or a web server are typed and validated
here, whoever wrote them: see ``due.Slot``.
"""
