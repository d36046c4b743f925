"""AI agents' mails for `manage.py preview_emails`."""

from agents.services.due.mails import Occasion
from agents.services.due.samples import sample_mail
from core.mail.previews import Sample, add_sample

add_sample(Sample("agents-reminder", ["en"], lambda _: sample_mail(Occasion.REMINDER)))
add_sample(Sample("agents-overdue", ["en"], lambda _: sample_mail(Occasion.OVERDUE)))
