"""PostgreSQL refuses to run as root; for root it runs as the account that every Unix has for such programs."""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from devstack.errors import StackError

ACCOUNT = "nobody"


class Identity(TypedDict, total=False):
    """Arguments of `subprocess.run`."""

    user: int
    group: int
    extra_groups: list[int]


def account() -> str | None:
    """The account to run an unprivileged program as, or None when we are not root."""
    return ACCOUNT if os.geteuid() == 0 else None


def identity() -> Identity:
    """What makes `subprocess.run` run a program as that account."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam(ACCOUNT)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def hand_over(directory: Path) -> None:
    """Give an empty or already handed over `directory` to the account, and let it pass through the parents.

    Parents get the permission to be passed through, not to be listed. For an ordinary user nothing changes.
    Raises StackError when the directory belongs to somebody else.
    """
    owner = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    if os.geteuid() == 0 and not any(directory.iterdir()):
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    if directory.stat().st_uid != owner.pw_uid:
        raise StackError(
            f"{directory} belongs to another user. Run `make up` as the user who ran it first, "
            f"or `make reset` as that user to begin anew."
        )
    let_pass(directory)


def let_pass(path: Path) -> None:
    """Let the account reach `path`; only root's own directories ever need it."""
    if os.geteuid() != 0:
        return
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def let_run(program: Path, *, directories: Iterable[Path]) -> None:
    """Let the account run `program`, which needs what lies in `directories`; nothing changes if it can already."""
    if os.geteuid() != 0:
        return
    for directory in directories:
        let_pass(directory)
    if _runs(program):
        return
    for directory in directories:
        for path in (directory, *directory.rglob("*")):
            mode = path.stat().st_mode
            passing = stat.S_IXOTH if mode & stat.S_IXUSR else 0
            path.chmod(mode | stat.S_IROTH | passing)


def _runs(program: Path) -> bool:
    try:
        result = subprocess.run([program, "--version"], **identity(), capture_output=True, check=False)
    except PermissionError:
        return False
    return result.returncode == 0
