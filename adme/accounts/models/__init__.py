"""People, organisations, grants and the audit trail."""

from adme.accounts.models.attempt import SignInAttempt
from adme.accounts.models.audit import AuditEntry, AuditHead
from adme.accounts.models.organisation import MembershipPeriod, Organisation
from adme.accounts.models.user import Grant, User

__all__ = ["AuditEntry", "AuditHead", "Grant", "MembershipPeriod", "Organisation", "SignInAttempt", "User"]
