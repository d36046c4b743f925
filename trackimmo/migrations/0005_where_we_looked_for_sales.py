from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trackimmo', '0004_welcome_and_validators'),
    ]

    operations = [
        migrations.AddField(
            model_name='salesfile',
            name='place',
            field=models.CharField(blank=True, help_text='Where we looked, without credentials.', max_length=300),
        ),
    ]
