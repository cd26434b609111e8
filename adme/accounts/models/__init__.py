"""People, organisations, grants and the audit trail."""

from adme.accounts.models.audit import AuditEntry
from adme.accounts.models.organisation import MembershipPeriod, Organisation
from adme.accounts.models.user import Grant, User

__all__ = ["AuditEntry", "Grant", "MembershipPeriod", "Organisation", "User"]
