"""A property's city exists and is of its own organization: what a foreign key of both columns would say.

A foreign key is checked row by row, which took more than half of the time of inserting a million properties. These
triggers check all rows of a statement at once. As PostgreSQL's own do, they lock the cities against deletion until the
end of the transaction, and look again when a city goes.
"""

from django.db import migrations

CREATE = """
    CREATE FUNCTION trackimmo_property_city() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- DISTINCT first: a plan made for one row must do for a million.
        PERFORM
        FROM (SELECT DISTINCT organization_id, city_id FROM written) AS named
        JOIN trackimmo_city AS city ON city.id = named.city_id
        ORDER BY city.id
        FOR KEY SHARE OF city;
        IF EXISTS (
            SELECT FROM (SELECT DISTINCT organization_id, city_id FROM written) AS named
            WHERE NOT EXISTS (
                SELECT FROM trackimmo_city AS city
                WHERE city.id = named.city_id AND city.organization_id = named.organization_id
            )
        ) THEN
            RAISE foreign_key_violation USING
                MESSAGE = 'a property is in no city of its organization',
                TABLE = 'trackimmo_property',
                CONSTRAINT = 'property_city_of_organization';
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER property_city_on_insert AFTER INSERT ON trackimmo_property
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION trackimmo_property_city();
    CREATE TRIGGER property_city_on_update AFTER UPDATE ON trackimmo_property
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION trackimmo_property_city();

    CREATE FUNCTION trackimmo_city_property() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM trackimmo_property AS property WHERE property.city_id = OLD.id) THEN
            RAISE foreign_key_violation USING
                MESSAGE = 'a city has properties',
                TABLE = 'trackimmo_property',
                CONSTRAINT = 'property_city_of_organization';
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER city_property_on_delete AFTER DELETE ON trackimmo_city
        FOR EACH ROW EXECUTE FUNCTION trackimmo_city_property();
    CREATE TRIGGER city_property_on_update AFTER UPDATE ON trackimmo_city
        FOR EACH ROW WHEN ((OLD.organization_id, OLD.id) IS DISTINCT FROM (NEW.organization_id, NEW.id))
        EXECUTE FUNCTION trackimmo_city_property();
"""
DROP = """
    DROP FUNCTION trackimmo_city_property() CASCADE;
    DROP FUNCTION trackimmo_property_city() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("trackimmo", "0001_initial")]

    operations = [migrations.RunSQL(sql=CREATE, reverse_sql=DROP)]
