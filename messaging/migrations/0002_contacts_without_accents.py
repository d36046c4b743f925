"""What a search of contacts looks through is folded by the database, accents included, as that of customers is.

A stored column is written anew with its table, in which requests about contacts wait. The index comes afterwards,
beside them; until it is there, a search reads the whole table.
"""

from django.db import migrations, models
from django.db.models import Func, TextField, Value
from django.db.models.functions import Concat, Lower, Replace

MARKS = (
    r"(?<![ИиУу])\u0306|(?<![\u0406\u0456])\u0308"
    r"|[\u0300-\u0305\u0307\u0309-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    r"\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200f\u2060\ufeff]"
)
TEXT = Concat("name", Value(" "), "wa_id", output_field=TextField())
APART = Func(TEXT, function="normalize", template="%(function)s(%(expressions)s, NFKD)", output_field=TextField())
BARE = Func(APART, Value(MARKS), Value(""), Value("g"), function="regexp_replace")
PLAIN = Func(Lower(BARE), Value("øłđħŧıς"), Value("oldhtiσ"), function="translate")
SPELT = Replace(Replace(Replace(PLAIN, Value("ß"), Value("ss")), Value("æ"), Value("ae")), Value("œ"), Value("oe"))
FOLDED = Func(SPELT, function="normalize", template="%(function)s(%(expressions)s, NFC)", output_field=TextField())


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        # Of more contacts it takes longer than a request may: it is not to fail for that.
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="contact", name="messaging_contact_search"),
        migrations.RemoveField(model_name="contact", name="search_text"),
        migrations.AddField(
            model_name="contact",
            name="search_text",
            field=models.GeneratedField(expression=FOLDED, output_field=TextField(), db_persist=True),
        ),
    ]
