"""Who: people, organisations (member states with membership dates among them), roles, permissions, the audit trail.

`policy` is the one place that decides who may do what; every route names one of its verbs. The audit trail is
append-only and chained by hash, and points to nothing by foreign key, so that history never vanishes with its
object. What people do with numbers belongs to the rooms above.
"""
