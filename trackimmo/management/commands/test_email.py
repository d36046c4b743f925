"""`manage.py test_email`."""

from collections.abc import Iterable, Sequence
from typing import IO, Any, Final, cast

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from rich.console import Console
from rich.table import Table

from trackimmo.models import Language
from trackimmo.services.mail_check import TestMail, send_test_mail
from trackimmo.services.notification.samples import MailTemplate

ALL: Final = "all"
STEPS: Final = ("smtp_config", "connection", "send_test")


class Command(BaseCommand):
    """Needs no database: only the mail server's settings are tried."""

    help = "Send test e-mails, at once, and tell which step failed if one did."

    def add_arguments(self, parser: CommandParser) -> None:
        """To whom, and which."""
        parser.add_argument("--recipient", required=True, metavar="ADDRESS")
        templates = [*(template.value for template in MailTemplate), ALL]
        parser.add_argument("--test", choices=templates, default=ALL, help="which e-mail (default: all)")
        parser.add_argument("--language", choices=Language.values, default=Language.FRENCH, help="of clients' e-mails")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Send them one after another. Raises CommandError if one could not be sent."""
        recipient = options["recipient"]
        try:
            validate_email(recipient)
        except ValidationError as error:
            raise CommandError(f"{recipient!r} is not an e-mail address.") from error
        templates = list(MailTemplate) if options["test"] == ALL else [MailTemplate(options["test"])]
        tests = [
            (template, send_test_mail(recipient=recipient, template=template, language=options["language"]))
            for template in templates
        ]
        self._show(tests)
        failed = [template.value for template, test in tests if not test.success]
        if failed:
            raise CommandError(f"{len(failed)} of {len(tests)} e-mails could not be sent: {', '.join(failed)}")

    def _show(self, tests: Sequence[tuple[MailTemplate, TestMail]]) -> None:
        rows = [(str(template), *_steps(test), test.message) for template, test in tests]
        console = Console(file=cast(IO[str], self.stdout))
        if not console.is_terminal:
            self.stdout.writelines("\t".join(row) + "\n" for row in [("e-mail", *STEPS, "message"), *rows])
            return
        table = Table("e-mail", *STEPS, "message")
        for (_, test), row in zip(tests, rows, strict=True):
            table.add_row(*row, style="green" if test.success else "red")
        console.print(table)


def _steps(test: TestMail) -> Iterable[str]:
    return ["yes" if getattr(test.results, step) else "no" for step in STEPS]
