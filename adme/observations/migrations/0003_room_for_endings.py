"""PostgreSQL leaves room in each page, so that ending a version (a revised tenth of a page) needs no new index entry."""

from django.db import migrations


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE observations_observation SET (fillfactor = 87)")
        # A re-delivery ends the extents of nearly all its series.
        schema_editor.execute("ALTER TABLE observations_seriesextent SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [("observations", "0002_planner_statistics")]
    operations = [migrations.RunPython(leave_room, migrations.RunPython.noop)]
