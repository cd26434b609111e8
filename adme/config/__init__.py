"""Wiring only: settings, addresses, WSGI, the ``adme`` command. It may know every room and owns no rules."""
