"""Django's way to a mail server, with a wire that can be cut at any moment."""

from smtplib import SMTP
from socket import socket
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class Backend(EmailBackend):
    """smtplib shows its socket only when the server has ended its greeting, which it may never do."""

    _first_wire: socket | None = None

    @property
    def wire(self) -> socket | None:
        """The socket of the conversation, from before its first word."""
        return self.connection.sock if self.connection else self._first_wire

    @property
    def connection_class(self) -> type[SMTP]:
        """smtplib's, which tells us its socket as soon as it has one."""
        backend, kind = self, super().connection_class

        class Telling(kind):  # type: ignore[misc, valid-type]  # one of two, as the settings say
            def _get_socket(self, *arguments: Any) -> socket:  # noqa: ANN401 -- smtplib's own
                backend._first_wire = super()._get_socket(*arguments)
                return backend._first_wire

        return Telling
