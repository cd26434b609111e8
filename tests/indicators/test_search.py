"""What is found by words: in any script, by beginnings, the best first, the same on each database."""

from __future__ import annotations

import pytest

from adme.indicators.actions.search import Findable, remove_documents, write_documents
from adme.indicators.models import SearchDocument
from adme.indicators.queries import search

pytestmark = pytest.mark.django_db

THINGS = [
    Findable(
        "indicator",
        "literacy",
        {"en": "Adult literacy rate", "vi": "Tỷ lệ biết chữ", "th": "อัตราการรู้หนังสือ"},
        [{"en": "Share of people who can read"}],
        ["4.6.1", "SE_ADT_LITR"],
    ),
    Findable(
        "indicator",
        "mortality",
        {"en": "Maternal mortality ratio", "km": "អត្រាមរណភាពមាតា"},
        [{"en": "Deaths of mothers per 100,000 live births"}],
        ["3.1.1"],
    ),
    Findable(
        "indicator",
        "under-five",
        {"en": "Under-five mortality rate, by sex (deaths per 1,000 live births)"},
        [],
        ["3.2.1"],
    ),
    Findable("indicator", "reading", {"en": "Reading"}, [{"en": "Minimum proficiency; complements the literacy rate"}]),
    Findable("country", "LA", {"en": "Lao PDR", "lo": "ປະເທດລາວ", "my": "လာအိုနိုင်ငံ"}, [], ["LAO", "418"]),
    Findable("topic", "health", {"en": "Health"}),
]


@pytest.fixture(autouse=True)
def _documents():
    write_documents(THINGS)


def slugs(text, **how):
    return [hit.slug for hit in search(text, **how)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("literacy", ["literacy", "reading"]),
        ("Literacy RATE", ["literacy", "reading"]),
        ("biet chu", ["literacy"]),
        ("biết chữ", ["literacy"]),
        ("หนังสือ", ["literacy"]),
        ("มรณภาพ", []),
        ("មាតា", ["mortality"]),
        ("ລາວ", ["LA"]),
        ("mort", ["mortality", "under-five"]),
        ("matern mort", ["mortality"]),
        ("mortality sex", ["under-five"]),
        ("3.1.1", ["mortality"]),
        ("3.1", ["mortality"]),
        ("se_adt", ["literacy"]),
        ("lao", ["LA"]),
        ("health", ["health"]),
        ("read", ["reading", "literacy"]),
        ("xyzzy", []),
        ("", []),
        ("  — ", []),
    ],
)
def test_words_are_found(text, found):
    assert slugs(text) == found


def test_a_part_of_a_word_is_found_where_no_word_begins_so():
    assert slugs("teracy") == ["literacy", "reading"]


def test_a_thing_is_found_once_in_the_language_that_fits_best():
    (hit,) = search("biet chu")

    assert (hit.language, hit.title) == ("vi", "Tỷ lệ biết chữ")


def test_codes_find_the_language_that_was_asked_for():
    assert [hit.language for hit in search("4.6.1", language="th")] == ["th"]


def test_only_kinds_that_are_asked_for():
    assert slugs("la", kinds=["country"]) == ["LA"]
    assert slugs("mort", kinds=["country"]) == []


@pytest.mark.parametrize(
    "text", ['"', "' OR 1=1", "a*b", "NEAR(a b)", "col:a", "x & !y", "\\", "%", "_", "a\0b", "-a", "^a", "'':*"]
)
def test_marks_of_query_languages_are_only_marks(text):
    assert isinstance(search(text), list)


def test_documents_are_replaced_with_their_thing():
    write_documents([Findable("indicator", "literacy", {"en": "Numeracy"})])

    assert slugs("biet chu") == []
    assert slugs("numeracy") == ["literacy"]
    assert SearchDocument.objects.filter(slug="literacy").count() == 1


def test_what_is_removed_is_not_found():
    remove_documents("topic", ["health"])

    assert slugs("health") == []


def test_a_document_changed_by_the_orm_is_found_by_its_new_words():
    SearchDocument.objects.filter(slug="health").update(words="wellbeing", title_words="wellbeing")

    assert (slugs("wellbeing"), slugs("health")) == (["health"], [])


def test_a_search_takes_one_question_or_two(django_assert_num_queries):
    with django_assert_num_queries(1):
        search("literacy")
    with django_assert_num_queries(2):
        search("xyzzy")


def test_a_search_may_be_kept_to_what_is_public():
    assert slugs("mort", among={"indicator": ["under-five"]}) == ["under-five"]
    assert slugs("mort", among={"country": ["LA"]}) == []
    assert slugs("health", among={}) == []


def test_what_is_hidden_does_not_decide_whether_the_wider_search_is_made():
    write_documents([Findable("indicator", "hidden", {"en": "Teracy"})])

    assert slugs("teracy", among={"indicator": ["literacy"]}) == ["literacy"]
