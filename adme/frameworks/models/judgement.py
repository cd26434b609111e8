"""What people decide beside an edition: overrides of a class, a state's consent, links of a crosswalk.

Each has the instant from which it counts and, once withdrawn, the one until which it did: a past page shows it again.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from adme.frameworks.models.edition import Framework, Node
from adme.lib.texts import TextField


class JudgementQuerySet(models.QuerySet[models.Model]):
    """Filters that the three share."""

    def standing_at(self, instant: int) -> JudgementQuerySet:
        """Those that counted at an instant (microseconds since the epoch)."""
        open_then = models.Q(withdrawn_instant__isnull=True) | models.Q(withdrawn_instant__gt=instant)
        return self.filter(open_then, made_instant__lte=instant)


class Judgement(models.Model):
    """Who decided it, when, and when it was withdrawn."""

    made_by = models.CharField(max_length=150)
    made_instant = models.BigIntegerField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_instant = models.BigIntegerField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        abstract = True


class Override(Judgement):
    """A progress class that a person sets beside the computed one, until a day. `area` "" is the region."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="overrides")
    area = models.CharField(max_length=10, blank=True)
    progress_class = models.CharField(max_length=30)
    reason = models.TextField()
    made_for = TextField()
    """The name of the organisation of whoever set it, as it was then: what readers are told instead of a person."""
    ends_date = models.DateField()

    class Meta:
        ordering = ["node", "area", "made_instant"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "area"],
                condition=models.Q(withdrawn_instant__isnull=True),
                name="one_override_stands",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.area or 'region'}: {self.progress_class}"


class Consent(Judgement):
    """A member state agrees that its own progress classes are public."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="consents")
    area = models.CharField(max_length=10)
    document = models.CharField(max_length=500)
    agreed_date = models.DateField()

    class Meta:
        ordering = ["framework", "area", "made_instant"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "area"],
                condition=models.Q(withdrawn_instant__isnull=True),
                name="one_consent_stands",
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.area}"


class CrosswalkLink(Judgement):
    """What became of a part of an old plan in a new one: dropped without `to_node`, new without `from_node`."""

    class Relation(models.TextChoices):
        CONTINUED = "continued", _("continued")
        NARROWED = "narrowed", _("continued in part")
        WIDENED = "widened", _("continued with more")
        SPLIT = "split", _("split")
        MERGED = "merged", _("merged")
        DROPPED = "dropped", _("dropped")
        NEW = "new", _("new")

    from_framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="links_on")
    to_framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="links_back")
    from_node = models.ForeignKey(Node, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_node = models.ForeignKey(Node, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    relation = models.CharField(max_length=20, choices=Relation.choices)
    note = TextField()
    source = models.CharField(max_length=500, blank=True)
    certainty = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["from_framework", "from_node", "to_node"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(relation="dropped", from_node__isnull=False, to_node__isnull=True)
                | models.Q(relation="new", from_node__isnull=True, to_node__isnull=False)
                | (
                    ~models.Q(relation__in=["dropped", "new"])
                    & models.Q(from_node__isnull=False, to_node__isnull=False)
                ),
                name="crosswalk_link_has_its_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_node} → {self.to_node}"
