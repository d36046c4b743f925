"""What can go wrong, free of HTTP."""

from core.errors import Forbidden


class AdminsOnly(Forbidden):
    """Something of the whole log, asked for by somebody who sees his own part of it."""

    default_message = "Only an admin may verify or export the audit log."


class SomebodyElses(Forbidden):
    """The activity of another user, asked for by somebody who is no admin."""

    default_message = "Only an admin may see another user's activity."
