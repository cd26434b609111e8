"""A source may write nothing but words: the indicator is public all the same, and its words are shown."""

from __future__ import annotations

from adme.indicators.actions.register import NewIndicator, set_indicators
from adme.releases import queries
from tests.factories import world as worlds
from tests.portal.test_pages import words_of

WORDS_ONLY = {"obs_status": "O", "attributes": {"DELIVERED": "NV"}}


def release_words(world: worlds.World) -> None:
    set_indicators(
        dataflow=world.goals,
        indicators=[NewIndicator("only-words", "HIDDEN", {"en": "Nothing but words"})],
        by="editor",
        reason="to test",
    )
    worlds.revise(world, [("HIDDEN.MM._T._T", "2017", None, WORDS_ONLY)])


def test_it_has_its_page_and_its_words(client, world):
    release_words(world)
    words = words_of(client.get("/indicators/only-words/?view=table"))
    assert "No member state has a value here." in words
    assert "NV" in words
    assert "1 entry is no number: the source writes “NV”." in words
    assert client.get("/indicators/only-words/?view=map").status_code == 200


def test_every_link_of_the_list_leads_to_a_page(client, world):
    release_words(world)
    assert "Nothing but words" in words_of(client.get("/indicators/"))
    assert client.get("/indicators/only-words/data.csv").status_code == 200


def test_the_table_builder_shows_words_in_their_place(client, world):
    html = client.get("/table/?i=safe-water&i=neet&a=MM&from=2017&to=2017").content.decode()
    assert "NV" in html.split("<tbody>")[1]


def test_series_without_a_number_are_series(world):
    lines = {line.key: line for line in queries.series(world.goals, {"SERIES": ["WATER"]})}
    assert lines["WATER.MM._T._T"].latest_period is None
    assert lines["WATER.KH._T._T"].latest_period == lines["WATER.KH._T._T"].last_period


def test_a_total_with_words_only_does_not_hide_numbers_elsewhere(client, world):
    """The total comes first even so: what is shown is named, and the rest is one choice away."""
    worlds.revise(world, [("LIMITS.TH.F._T", "2018", 3.0, {"decimals": 1})])
    words = words_of(client.get("/indicators/limits-only/"))
    assert "Sex: Total" in words
    assert "Women" in words
