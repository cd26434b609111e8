"""Several processes at once, on a real file or server."""

from __future__ import annotations

import json

import pytest

WRITERS = 8

RECORD = """
from django.db import transaction
from adme.accounts import audit
name, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    with transaction.atomic():
        audit.record(by=name, action="test.thing.done", object_type="thing", object_id=number, detail={"n": number})
"""

VERIFY = """
from adme.accounts import audit
from adme.accounts.models import AuditEntry
from django.db.models import Count
end = audit.verify()
by = dict(AuditEntry.objects.values_list("actor").annotate(Count("pk")))
print(json.dumps({"sequence": end.sequence, "by": by}))
"""

pytestmark = pytest.mark.django_db  # the home and database are our own; the mark lets both engines run it


def run_all(installation, code, arguments):
    started = [installation.start(code, *given) for given in arguments]
    ended = [(process.communicate(timeout=300), process.returncode) for process in started]
    for (_out, err), returncode in ended:
        assert returncode == 0, err
    return [json.loads(out) if out.strip() else None for (out, _err), _ in ended]


def test_writers_at_once_make_one_chain(installation, volume):
    count = volume(50, long=12_500)
    run_all(installation, RECORD, [(f"writer{number}", str(count)) for number in range(WRITERS)])
    found = installation.python(VERIFY)
    assert found["sequence"] == WRITERS * count
    assert found["by"] == {f"writer{number}": count for number in range(WRITERS)}


TWO_ADMINISTRATORS = """
import io
from django.core.management import call_command
from adme.accounts.models import Grant
for name in sys.argv[1:]:
    call_command("createadmin", name, "--link", stdout=io.StringIO())
Grant.objects.exclude(user__username__in=sys.argv[1:]).delete()  # the survivor of the round before must not help
"""

REMOVE_EACH_OTHER = """
from adme.accounts import actions
from adme.accounts.models import User
me, other = (User.objects.get(username=name) for name in sys.argv[1:3])
try:
    if sys.argv[3] == "disable":
        actions.disable_person(person=other, by=me, reason="race")
    else:
        actions.revoke_role(grant=other.grants.get(role="administrator"), by=me, reason="race")
    print(json.dumps("done"))
except Exception as refused:
    print(json.dumps(type(refused).__name__))
"""

ADMINISTRATORS = """
from adme.accounts.models import Grant
left = Grant.objects.filter(role="administrator", user__is_active=True)
print(json.dumps(list(left.values_list("user__username", flat=True))))
"""


@pytest.mark.parametrize("how", ["disable", "revoke"])
def test_two_administrators_who_remove_each_other_leave_one(installation, how, volume):
    for number in range(volume(2, long=50)):
        names = [f"one{number}", f"two{number}"]
        installation.python(TWO_ADMINISTRATORS, *names)
        answers = run_all(installation, REMOVE_EACH_OTHER, [(*names, how), (*reversed(names), how)])
        left = installation.python(ADMINISTRATORS)
        assert len(left) == 1, (answers, left)


SIGN_IN = """
from django.test import Client
typed = {"username": "alice", "password": "wrong"}
clients = [Client(SERVER_NAME="localhost") for _ in range(5)]
answers = [client.post("/account/sign-in/", typed).status_code for client in clients]
print(json.dumps(answers))
"""


def test_wrong_tries_at_once_get_no_more_than_five_looks(installation):
    answers = run_all(installation, SIGN_IN, [()] * 4)
    looked_at = sum(answer.count(422) for answer in answers)
    assert 1 <= looked_at <= 5
    assert {code for answer in answers for code in answer} <= {422, 429}
