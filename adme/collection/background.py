"""Long checks outside the request: queued when the page says so, done by the worker, watched from a page."""

from __future__ import annotations

import logging

from django_tasks import task

from adme.accounts.models import User
from adme.accounts.policy import NotAllowed
from adme.collection.actions.checking import run_check
from adme.collection.errors import CollectionError
from adme.collection.models import Submission
from adme.structures.errors import StructureError

log = logging.getLogger(__name__)


@task()
def check_in_background(submission_id: str, revision: int, username: str) -> None:
    """Run a check that was started; one that was started anew or finished meanwhile is left alone."""
    submission = (
        Submission.objects.select_related("source_file", "dataflow__provider")
        .filter(pk=submission_id, revision=revision, state=Submission.State.CHECKING)
        .first()
    )
    if submission is None:
        return
    try:
        run_check(submission=submission, by=User.objects.get(username=username))
    except (CollectionError, StructureError, NotAllowed) as refusal:
        # Said on the submission's page already.
        log.info("check.refused submission=%s reason=%s", submission_id, type(refusal).__name__)
