"""Messaging's mail for `manage.py preview_emails`."""

from core.mail.previews import Sample, add_sample
from messaging.services.mail_samples import sample_account_mail

add_sample(Sample("whatsapp-account", ["en"], lambda _: sample_account_mail()))
