"""Behind a closed gate, a release of figures that are not described is refused on the page, in plain words."""

from __future__ import annotations

import pytest

from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.releases.models import Release
from tests.collection.browsing import act, approved, signed_in, text_of
from tests.factories.metadata import WHO, described, published_report

pytestmark = pytest.mark.django_db


def test_the_publisher_reads_which_metadata_are_missing(flow):
    submission = approved(flow)
    set_indicators(dataflow=flow, indicators=[NewIndicator("literacy", "LITERACY", {"en": "Literacy rate"})], **WHO)
    described(flow, gated=True)
    refused = act(signed_in("paul"), "release", submission, title="Literacy", when="now")
    assert refused.status_code == 409
    words = text_of(refused)
    assert "Required metadata are missing." in words
    assert "“Literacy rate” (LITERACY) says nothing on: Definition and concepts (STAT_CONC_DEF)" in words
    assert not Release.objects.exists()
    published_report("literacy")
    assert act(signed_in("paul"), "release", submission, title="Literacy", when="now").status_code == 302
    assert Release.objects.exists()
