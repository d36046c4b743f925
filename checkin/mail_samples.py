"""Check-in's mail for `manage.py preview_emails`."""

from checkin.services.mail_samples import sample_expiry_mail
from core.mail.previews import Sample, add_sample

add_sample(Sample("checkin-expired", ["en"], lambda _: sample_expiry_mail()))
