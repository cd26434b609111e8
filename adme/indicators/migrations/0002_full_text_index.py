"""The index of words, made by the database itself: FTS5 on SQLite, GIN on PostgreSQL.

Words are already cut, lower-cased and without diacritics, so both engines are told to split at spaces and nothing
else. SQLite's index follows the table by triggers, which a later rebuild of the table (AlterField) would drop: such a
migration makes them again.
"""

from django.db import migrations

TOKENS = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
ADD = "INSERT INTO indicators_searchwords(rowid, words) VALUES (new.id, new.words);"
REMOVE = "INSERT INTO indicators_searchwords(indicators_searchwords, rowid, words) VALUES ('delete', old.id, old.words);"
TRIGGER = "CREATE TRIGGER indicators_searchwords_{0} AFTER {1} ON indicators_searchdocument BEGIN {2} END"

FORWARDS = {
    "sqlite": [
        f"""CREATE VIRTUAL TABLE indicators_searchwords USING fts5(
            words, content='indicators_searchdocument', content_rowid='id', tokenize="{TOKENS}")""",
        TRIGGER.format("added", "INSERT", ADD),
        TRIGGER.format("removed", "DELETE", REMOVE),
        TRIGGER.format("changed", "UPDATE", f"{REMOVE} {ADD}"),
    ],
    # array_to_tsvector takes words as they are; to_tsvector would cut Thai and Burmese again, at vowel signs.
    "postgresql": [
        """CREATE INDEX indicators_searchwords ON indicators_searchdocument
            USING gin (array_to_tsvector(string_to_array(words, ' ')))""",
    ],
}

BACKWARDS = {
    "sqlite": [
        "DROP TRIGGER indicators_searchwords_added",
        "DROP TRIGGER indicators_searchwords_removed",
        "DROP TRIGGER indicators_searchwords_changed",
        "DROP TABLE indicators_searchwords",
    ],
    "postgresql": ["DROP INDEX indicators_searchwords"],
}


def make(apps, schema_editor):
    for statement in FORWARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in BACKWARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [migrations.RunPython(make, unmake)]
