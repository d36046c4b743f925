"""`make demo`: a customer's program. It imports sales, logs in, processes five clients and shows what they got.

Everything but the import goes over HTTP. It uses the platform that runs in this checkout, or starts one for its own
duration.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from dotenv import dotenv_values
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.data import CLIENTS, PASSWORD, SALES_CITIES, SALES_LINES
from trackimmo.dvf.sample import write_sample

ROOT: Final = Path(__file__).resolve().parent.parent
DATA: Final = ROOT / ".data"
SETTINGS: Final = DATA / "stack.env"
REAL_SALES: Final = ROOT.parent / "shared" / "data" / "dvf" / "geo_dvf_merged.csv.gz"
START_SECONDS: Final = 300
JOB_SECONDS: Final = 120
# A key may ask a hundred times an hour: whoever waits long asks more and more seldom.
FIRST_PAUSE_SECONDS: Final = 1.0
PAUSE_GROWTH: Final = 1.5
FINAL: Final = ("completed", "failed")
console = Console()
Json = dict[str, Any]


def main() -> None:
    """Run the demonstration against the platform of this checkout."""
    with running_platform() as settings:
        sales = import_sales()
        with httpx.Client(base_url=settings["API_BASE_URL"], timeout=30) as http:
            customer = Customer(http, settings)
            customer.log_in()
            before = mails()
            jobs = customer.process_clients()
            for job, assigned in customer.follow(jobs).items():
                customer.print_properties(jobs[job], assigned)
        print_mails(before, settings)
        console.print(f"The sales came from {sales}.")


@contextmanager
def running_platform() -> Iterator[dict[str, str]]:
    """The settings of the platform that runs here; without one, start it and stop it afterwards."""
    started = None
    if not is_running():
        console.print("No platform is running in this checkout: starting one for the demonstration.")
        started = subprocess.Popen([sys.executable, "-m", "devstack", "up"], cwd=ROOT)
        wait_until_ready(started)
    try:
        yield {name: value or "" for name, value in dotenv_values(SETTINGS).items()}
    finally:
        if started:
            started.terminate()
            started.wait()


def wait_until_ready(started: "subprocess.Popen[bytes]") -> None:
    """Return when the started platform answers; exit with its own words if it gives up."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if started.poll() is not None:
            sys.exit("The platform did not start; what it printed says why.")
        if SETTINGS.exists() and is_ready(dotenv_values(SETTINGS)["API_BASE_URL"] or ""):
            return
        time.sleep(0.2)
    started.terminate()
    sys.exit(f"The platform was not ready after {START_SECONDS} s; see {DATA / 'log'}.")


def is_running() -> bool:
    """Whether a platform runs in this checkout: one that was killed leaves its settings behind."""
    url = dotenv_values(SETTINGS).get("API_BASE_URL") if SETTINGS.exists() else None
    return url is not None and is_ready(url)


def is_ready(url: str) -> bool:
    """Whether the platform at `url` takes requests."""
    try:
        return httpx.get(f"{url}/readyz", timeout=3).status_code == 200
    except httpx.TransportError:
        return False


def import_sales() -> str:
    """Import the real sample if it lies beside the checkout, a generated one otherwise. Returns what was imported."""
    if REAL_SALES.exists():
        run_import(REAL_SALES)
        return str(REAL_SALES)
    with tempfile.TemporaryDirectory() as directory:
        generated = Path(directory) / "generated.csv.gz"
        write_sample(generated, lines=SALES_LINES, seed=2, cities=SALES_CITIES)
        run_import(generated)
    return "our own generator, for real ones were not found beside the checkout"


def run_import(path: Path) -> None:
    """Do what an operator does."""
    subprocess.run([sys.executable, "manage.py", "import_dvf", str(path)], cwd=ROOT, check=True)


def mails() -> set[Path]:
    """The mails to clients that the embedded sink has kept so far; other people get others, about other things."""
    kept = (DATA / "mail").glob("*.eml")
    return {path for path in kept if b"X-Switchboard-Kind: client_" in path.read_bytes()}


def print_mails(before: set[Path], settings: dict[str, str]) -> None:
    """Say where the new e-mails lie. They leave by the outbox, a moment after their job."""
    if settings.get("MAIL_DIR") is None:
        console.print(f"The e-mails went to {settings.get('SMTP_SERVER')}.")
        return
    deadline = time.monotonic() + 20
    while len(new := sorted(mails() - before)) < len(CLIENTS) and time.monotonic() < deadline:
        time.sleep(0.2)
    console.print(f"\n[bold]{len(new)} e-mails[/bold] lie in {DATA / 'mail'}:")
    for path in new:
        console.print(f"  {path.name}")


class Customer:
    """A program of the organization *Demo*, with the keys that `make up` printed."""

    def __init__(self, http: httpx.Client, settings: dict[str, str]) -> None:
        self.http = http
        self.key = {"X-API-Key": settings.get("API_KEY", "demo-api-key")}
        self.admin_key = {"X-Admin-Key": settings.get("ADMIN_API_KEY", "demo-admin-key")}

    def call(self, method: str, path: str, **options: Any) -> Json:  # noqa: ANN401 -- httpx's own
        """Send a request and return the JSON of its answer; exit with the platform's words on any refusal."""
        answer = self.http.request(method, path, **options)
        if answer.is_error:
            wait = answer.headers.get("Retry-After")
            sys.exit(f"{method} {path}: {answer.status_code} {answer.text}" + (f" (in {wait} s)" if wait else ""))
        body: Json = answer.json()
        return body

    def log_in(self) -> None:
        """Log in as a person, to show who we are."""
        login = {"email": "admin@demo.test", "password": PASSWORD}
        access = self.call("POST", "/api/v1/auth/login/", json=login)["access"]
        me = self.call("GET", "/api/v1/auth/me/", headers={"Authorization": f"Bearer {access}"})["user"]
        console.print(f"Logged in as [bold]{me['email']}[/bold], {me['role']} of {me['organization']['name']}.")

    def process_clients(self) -> dict[str, str]:
        """Ask for new properties for five clients. Returns job ids and client ids."""
        bodies = [
            self.call("POST", "/api/process-client", headers=self.key, json={"client_id": str(client.id)})
            for client in CLIENTS
        ]
        return {body["job_id"]: body["client_id"] for body in bodies}

    def follow(self, jobs: dict[str, str]) -> dict[str, int]:
        """Show each job's progress until it has ended. Returns how many properties each assigned."""
        columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.fields[step]:<14}"))
        deadline = time.monotonic() + JOB_SECONDS
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            bars = {job: progress.add_task(self.name_of(client), total=100, step="") for job, client in jobs.items()}
            assigned: dict[str, int] = {}
            pause = FIRST_PAUSE_SECONDS
            while len(assigned) < len(jobs) and time.monotonic() < deadline:
                time.sleep(pause)
                pause *= PAUSE_GROWTH
                for job in [one for one in jobs if one not in assigned]:
                    status = self.call("GET", f"/api/job-status/{job}", headers=self.key)
                    at = status["progress"]
                    progress.update(bars[job], completed=at.get("percent", 0), step=at.get("step", status["status"]))
                    if status["status"] in FINAL:
                        assigned[job] = status["properties_assigned"]
        if missing := len(jobs) - len(assigned):
            sys.exit(f"{missing} jobs have not ended after {JOB_SECONDS} s; see {DATA / 'log'}.")
        return assigned

    def name_of(self, client_id: str) -> str:
        """A client's name, from the operators' view."""
        client = self.call("GET", f"/admin/client/{client_id}", headers=self.admin_key)["client"]
        return f"{client['first_name']} {client['last_name']}"

    def print_properties(self, client_id: str, assigned: int) -> None:
        """Print what a job has assigned to a client: the newest of all his properties."""
        path = f"/api/get-client-properties/{client_id}"
        page = self.call("GET", path, headers=self.key, params={"limit": max(assigned, 1)})
        title = f"{self.name_of(client_id)}: {assigned} new, {page['total_count']} in all"
        table = Table(title=title, title_justify="left")
        for heading in ("Address", "City", "Type", "m²", "Rooms", "Sold", "Price, €"):
            table.add_column(heading, justify="right" if heading in {"m²", "Rooms", "Price, €"} else "left")
        for one in page["properties"][:assigned]:
            table.add_row(
                *(one["address_raw"], one["city_name"], one["property_type"]),
                *(str(one[name] or "") for name in ("surface", "rooms", "sale_date")),
                f"{one['price']:,}".replace(",", " "),
            )
        console.print(table)


if __name__ == "__main__":
    main()
