"""The audit log's mail for `manage.py preview_emails`."""

from audit.services.mail_samples import sample_changed_mail
from core.mail.previews import Sample, add_sample

add_sample(Sample("audit-changed", ["en"], lambda _: sample_changed_mail()))
