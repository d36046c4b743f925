"""The measurements of `bench_checkin`, run by it on migrated stores."""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import httpx  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from accounts.models import Organization  # noqa: E402
from checkin import services  # noqa: E402
from checkin.models import CheckinSession, RefreshAttempt  # noqa: E402
from checkin.upstream import PageClient  # noqa: E402
from core import tenancy  # noqa: E402
from core.outbox.models import OutboxEvent  # noqa: E402
from devstack.upstream.control import UpstreamControl  # noqa: E402

SESSIONS: Final = 1000
LATENCY_SECONDS: Final = 0.1
IN_SEQUENCE: Final = 30
ROUNDS: Final = 3
COOKIE: Final = "prestostudent_session"


def fill(upstream: UpstreamControl, number: int) -> float:
    """Give the upstream so many users, and fetch them. Returns how many seconds we took for it."""
    upstream.reset()
    RefreshAttempt.unscoped.all().delete()
    CheckinSession.unscoped.all().delete()
    upstream.set_users(f"user{one}@uni.test" for one in range(number))
    started = time.perf_counter()
    services.fetch_users()
    return time.perf_counter() - started


def refresh(expected: int) -> None:
    """Refresh all, and see that it was done."""
    run = services.refresh_all(wait_seconds=3600)
    if run.normal != expected:
        raise RuntimeError(f"{run.normal} of {expected} are normal: {run.error}")


def only_ask(number: int) -> None:
    """The requests alone, made by the same client: nothing is read from the database, and nothing stored."""

    async def ask_all() -> None:
        waiting = list(CheckinSession.objects.values_list("email", "listed_token")[:number])

        async def keep(_: str) -> None:
            return None

        async with PageClient() as pages:
            await asyncio.gather(*(pages.refresh(email=email, token=token, keep=keep) for email, token in waiting))

    asyncio.set_event_loop(loop := asyncio.new_event_loop())
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    loop.run_until_complete(ask_all())
    loop.close()


def refresh_in_sequence(number: int) -> None:
    """As a simple script does it: ask, look, save, one after the other."""
    with httpx.Client() as http:
        for session in CheckinSession.objects.order_by("email")[:number]:
            page = http.get(f"{settings.CHECKIN_URL}/selfregistration", headers={"Cookie": f"{COOKIE}={session.token}"})
            token = page.cookies[COOKIE]
            session.token, session.status, session.last_refreshed_at = token, "normal", timezone.now()
            session.save(update_fields=["token", "status", "last_refreshed_at"])


def seconds(work: Callable[[int], None], number: int) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work(number)
    return time.perf_counter() - started


def measure_time(console: Console, upstream: UpstreamControl) -> None:
    """Ours, the requests alone, and one after the other, in turns."""
    ours, bare, sequential = [], [], []
    for _ in range(ROUNDS):
        fill(upstream, SESSIONS)
        upstream.set_pace(latency_seconds=LATENCY_SECONDS)
        ours.append(seconds(refresh, SESSIONS))
        check(upstream, SESSIONS)
        fill(upstream, SESSIONS)
        upstream.set_pace(latency_seconds=LATENCY_SECONDS)
        bare.append(seconds(only_ask, SESSIONS))
        fill(upstream, SESSIONS)
        upstream.set_pace(latency_seconds=LATENCY_SECONDS)
        sequential.append(seconds(refresh_in_sequence, IN_SEQUENCE) * SESSIONS / IN_SEQUENCE)
    ideal = SESSIONS * LATENCY_SECONDS / settings.CHECKIN_CONCURRENCY
    table = Table("", "median s", "best s", "x ideal", title=f"{SESSIONS:,} sessions, {LATENCY_SECONDS * 1000:.0f} ms")
    table.add_row("ideal: the upstream's latency alone", f"{ideal:.2f}", "", "1.00")
    for name, took in (
        ("refresh_all, one process: tokens, attempts, events stored", ours),
        ("the same client, nothing stored", bare),
        (f"one after the other (measured on {IN_SEQUENCE}, scaled)", sequential),
    ):
        middle = statistics.median(took)
        table.add_row(name, f"{middle:.2f}", f"{min(took):.2f}", f"{middle / ideal:.2f}")
    console.print(table)


def check(upstream: UpstreamControl, number: int) -> None:
    """What was measured was done: every session has the upstream's token, an attempt, and two events."""
    tokens = {email: user["token"] for email, user in upstream.users().items()}
    ours = dict(CheckinSession.objects.values_list("email", "token"))
    events = OutboxEvent.objects.filter(topic__startswith="checkin.").count()
    attempts = RefreshAttempt.objects.filter(outcome="normal").count()
    facts = upstream.facts()
    if ours != tokens or attempts != number or events != 2 * number or facts["overlaps"]:
        raise RuntimeError(f"{attempts} attempts, {events} events, {facts}")
    if facts["most_at_once"] > settings.CHECKIN_CONCURRENCY:
        raise RuntimeError(f"{facts['most_at_once']} at once")
    OutboxEvent.objects.all().delete()


def measure_fetching(console: Console, upstream: UpstreamControl, number: int) -> None:
    """What it takes to learn of so many users."""
    console.print(f"{number:>6,} users: fetched in {fill(upstream, number):.2f} s, {peak_megabytes():.0f} MB at most")


def measure_memory(console: Console, number: int) -> None:
    """The most that this process holds while it refreshes so many."""
    before = peak_megabytes()
    took = seconds(refresh, number)
    console.print(
        f"{number:>6,} sessions: {before:.1f} MB at first, {peak_megabytes():.1f} MB when all are refreshed"
        f" ({took:.1f} s without latency: {number / took:.0f} a second)"
    )
    OutboxEvent.objects.all().delete()


def peak_megabytes() -> float:
    """The most memory that this process has held so far, as the kernel noted it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [kilobytes] = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes / 1024


def main() -> None:
    """Measure what the arguments name, in our organization."""
    organization, _ = Organization.objects.get_or_create(slug=settings.API_KEY_ORGANIZATION, defaults={"name": "Demo"})
    console, upstream = Console(width=120), UpstreamControl(settings.CHECKIN_URL)
    with tenancy.scope(organization.pk):
        match sys.argv[1:]:
            case ["fetch", number]:
                measure_fetching(console, upstream, int(number))
            case ["memory", number]:
                measure_memory(console, int(number))
            case _:
                measure_time(console, upstream)


if __name__ == "__main__":
    main()
