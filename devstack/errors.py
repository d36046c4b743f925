"""What can go wrong while the stack starts or runs; the messages are for the person at the terminal."""


class StackError(Exception):
    """The stack cannot start or go on."""


class ProcessDied(StackError):
    """A child process ended although it should run."""


class NotReady(StackError):
    """A child process runs but did not become ready in time."""


class AlreadyRunning(StackError):
    """Another supervisor holds this checkout's lock."""


class PortTaken(StackError):
    """Somebody else listens on the port that was asked for."""


class ServerUnavailable(StackError):
    """This platform has no embedded server of that kind."""
