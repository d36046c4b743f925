from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0002_contacts_without_accents")]

    operations = [
        # It waits for whoever is at work on the table, and hinders nobody.
        migrations.RunSQL("SET statement_timeout = 0; SET lock_timeout = 0", migrations.RunSQL.noop),
        # What a build that was broken off has left behind.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS messaging_contact_search", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="contact",
            index=GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="messaging_contact_search"),
        ),
        # Nothing is known yet of a column that was added.
        migrations.RunSQL("ANALYZE messaging_contact (search_text)", migrations.RunSQL.noop),
        migrations.RunSQL("RESET statement_timeout; RESET lock_timeout", migrations.RunSQL.noop),
    ]
