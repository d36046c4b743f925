"""The last step before a child process becomes its program: `python -I -S launch.py PARENT SIGNAL USER
PROGRAM ARGS…`.

It gives up root where USER is not `-` and, on Linux, asks the kernel to send SIGNAL to the program when
PARENT dies, so that nothing outlives a supervisor that was killed. This happens in a small program of its
own, not in a hook between fork and exec, because the parent may have threads.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, death_signal: int) -> None:
    """Ask Linux to send `death_signal` to this process when `parent` dies; elsewhere do nothing."""
    if not sys.platform.startswith("linux"):
        return
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


def become(user: str) -> None:
    """Give up root for good and be `user`."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def main(arguments: list[str]) -> None:
    """Prepare this process, then replace it by the program."""
    parent, death_signal, user, *command = arguments
    if user != "-":
        become(user)
    # After the change of user: the kernel forgets the request when the identity changes.
    die_with_parent(int(parent), int(death_signal))
    os.execv(command[0], command)  # noqa: S606 (that is what it is for)


if __name__ == "__main__":
    main(sys.argv[1:])
