"""`python -m audit.offline EXPORT.ndjson --key PUBLIC.pem`: verify an export without the platform.

Needs `chain.py`, `walking.py`, `checkpoints.py` and `endings.py` of this directory, Python's standard library, and
`cryptography` for the signatures. The public keys are printed by `manage.py verify_audit --public-key`: get them
another way than the export. Exits with 0 if all is as written and proven, 1 if not, and 2 if the file is no export.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from audit import checkpoints
from audit.chain import NO_HASH, parsed
from audit.checkpoints import Checkpoint
from audit.endings import Ending
from audit.walking import Fault, Walk

END: Final = "-----END PUBLIC KEY-----"
Keys = Mapping[str, Ed25519PublicKey]


class NoExport(Exception):
    """The file, or the file of keys, is not what it should be."""


@dataclass(slots=True)
class Findings:
    """What an export says: its organization, its entries' numbers, what is wrong, and how far signatures prove it."""

    organization_id: str = ""
    first: int = 0
    last: int = 0
    proven: int = 0
    compared: int = 0
    faults: list[Fault] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, say what was found, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m audit.offline", description="Verify an export of the audit log.")
    parser.add_argument("export", type=Path, help="NDJSON: entries, oldest first, and then checkpoints")
    parser.add_argument("--key", type=Path, required=True, help="PEM file of the public keys")
    options = parser.parse_args(arguments)
    try:
        findings = verify(options.export, keys=read_keys(options.key))
    except (NoExport, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return report(findings)


def report(findings: Findings) -> int:
    """Say it, and return the exit status."""
    for fault in findings.faults:
        sys.stdout.write(f"NOT AS WRITTEN from entry {fault.first_bad_seq} to {fault.last_bad_seq}: {fault.reason}\n")
    if findings.faults:
        return 1
    if not findings.compared:
        sys.stdout.write(
            "NOT PROVEN: no signed checkpoint is among these entries, and every log has one from the first.\n"
        )
        return 1
    told = f"{findings.organization_id}: entries {findings.first} to {findings.last} form a chain"
    sys.stdout.write(f"{told}; {findings.compared} signed checkpoints prove those up to {findings.proven}.\n")
    if findings.proven < findings.last:
        sys.stdout.write("Those after it were too young for a checkpoint when they were exported.\n")
    return 0


def verify(export: Path, *, keys: Keys) -> Findings:
    """Follow the export's chain and compare it with its checkpoints. Raises NoExport and OSError.

    The checkpoints come last and are read first, so that the entries are gone through once, whatever their number.
    """
    findings = Findings()
    signed, ending, checkpoint_lines = _signed_lines(export, findings, keys)
    organizations = {str(one.statement.organization_id) for one in signed}
    walk: Walk | None = None
    for number, line in _lines(export):
        if "checkpoint" in line or "end" in line:
            continue
        entry = _entry(line, number)
        organizations.add(str(entry["organization_id"]))
        if walk is None:
            walk = _begin(entry, signed)
            findings.first = walk.size + 1
        if fault := walk.take(entry):
            findings.faults.append(fault)
            break
    if len(organizations) > 1:
        raise NoExport("The export has entries or checkpoints of several organizations.")
    findings.organization_id = next(iter(organizations), "no organization")
    if walk is None:
        raise NoExport("The export has no entries.")
    findings.last, findings.proven, findings.compared = walk.size, walk.proven, walk.compared
    if walk.compared == 0:
        findings.proven = 0
    furthest = max((one.size for one in signed), default=0)
    if not findings.faults and furthest > walk.size:
        reason = f"The newest entries are missing: a signed checkpoint counts {furthest}."
        findings.faults.append(Fault(walk.size + 1, furthest, reason))
    if not findings.faults and (missed := _end_fault(ending, walk, findings, checkpoint_lines, keys)):
        findings.faults.append(Fault(walk.proven + 1, walk.size + 1, missed))
    return findings


def read_keys(path: Path) -> dict[str, Ed25519PublicKey]:
    """The public keys of a PEM file, by their ids. Raises NoExport and OSError."""
    keys = {}
    for block in path.read_text(encoding="ascii", errors="replace").split(END)[:-1]:
        try:
            key = load_pem_public_key(f"{block.lstrip()}{END}\n".encode())
        except ValueError as error:
            raise NoExport(f"{path} is no PEM file of public keys: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise NoExport(f"{path} has a key that is not of Ed25519.")
        keys[checkpoints.key_id(key)] = key
    if not keys:
        raise NoExport(f"{path} has no public key in it.")
    return keys


def _begin(entry: Mapping[str, Any], signed: Sequence[Checkpoint]) -> Walk:
    """Before the first entry: what was sealed there, or the beginning of the log."""
    if entry.get("seq") == 1 or not isinstance(entry.get("seq"), int):
        return Walk(size=0, head=NO_HASH, roots=signed)
    before = entry["seq"] - 1
    sealed = next((one for one in signed if one.size == before and one.statement.kind == "seal"), None)
    if sealed is None:
        return Walk(size=0, head=NO_HASH, roots=signed)
    return Walk(size=before, head=sealed.root, roots=signed)


def _signed_lines(export: Path, findings: Findings, keys: Keys) -> tuple[list[Checkpoint], Ending | None, int]:
    """The checkpoints whose signatures hold, the end, and how many lines are checkpoints."""
    signed = []
    ending: Ending | None = None
    checkpoint_lines = 0
    for number, line in _lines(export):
        if ending is not None:
            raise NoExport(f"Line {number} of the export comes after its end.")
        if "end" in line:
            ending = _ending(line["end"], number)
        if "checkpoint" in line:
            checkpoint_lines += 1
            checkpoint = _checkpoint(line["checkpoint"], number)
            if checkpoint.is_signed_by(keys):
                signed.append(checkpoint)
            else:
                named = checkpoint.statement.key_id
                doubt = f"cannot be checked: its key {named} is not among the keys"
                how = "is not signed by one of the keys" if checkpoint.is_of_one_of(keys) else doubt
                reason = f"The checkpoint at {checkpoint.size} {how}."
                findings.faults.append(Fault(checkpoint.size, checkpoint.size, reason))
    return signed, ending, checkpoint_lines


def _end_fault(ending: Ending | None, walk: Walk, findings: Findings, checkpoint_lines: int, keys: Keys) -> str | None:
    if ending is None:
        return "The export's last line is missing, which tells where it ended: its end was cut off."
    if not ending.is_signed_by(keys):
        return f"The export's last line is not signed by one of the keys; it names {ending.key_id}."
    told = (ending.organization_id, ending.entries, ending.checkpoints, ending.size, ending.head)
    found = (findings.organization_id, walk.size - findings.first + 1, checkpoint_lines, walk.size, walk.head)
    if told != found:
        return (
            f"The export had {ending.entries} entries up to {ending.size} and {ending.checkpoints} checkpoints,"
            f" and has {found[1]} up to {found[3]} and {found[2]}: something was taken out or put in."
        )
    return None


def _ending(line: Mapping[str, Any], number: int) -> Ending:
    try:
        return Ending.parsed(line)
    except (TypeError, KeyError) as error:
        raise NoExport(f"Line {number} of the export is no end: {error!r}") from error


def _lines(export: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with export.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise NoExport(f"Line {number} of the export is no JSON: {error}") from error
            if not isinstance(value, dict):
                raise NoExport(f"Line {number} of the export is no object.")
            yield number, value


def _entry(line: Mapping[str, Any], number: int) -> dict[str, Any]:
    try:
        return parsed(line)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoExport(f"Line {number} of the export is no entry: {error!r}") from error


def _checkpoint(line: Mapping[str, Any], number: int) -> Checkpoint:
    try:
        return checkpoints.parsed(line)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoExport(f"Line {number} of the export is no checkpoint: {error!r}") from error


if __name__ == "__main__":
    sys.exit(main())
