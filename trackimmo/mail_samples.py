"""TrackImmo's mails for `manage.py preview_emails`."""

from functools import partial

from core.mail.previews import Sample, add_sample
from trackimmo.models import Language
from trackimmo.services.notification.operator_mails import ENGLISH
from trackimmo.services.notification.samples import CLIENT_EMAIL, OPERATOR_EMAIL, MailTemplate, sample_mail

for template in MailTemplate:
    recipient = CLIENT_EMAIL if template.is_for_clients else OPERATOR_EMAIL
    languages = Language.values if template.is_for_clients else [ENGLISH]
    add_sample(Sample(template, languages, partial(sample_mail, template=template, to=recipient)))
