"""What `make up` prints when everything runs."""

from collections.abc import Mapping
from pathlib import Path

LOGINS = "admin@demo.test  client@demo.test  agent@demo.test  admin@other.test  client@other.test"
PASSWORD = "switchboard-demo"  # noqa: S105 (the demo's, printed on purpose)
KEYS = {
    "API_KEY": ("X-API-Key", "demo-api-key"),
    "ADMIN_API_KEY": ("X-Admin-Key", "demo-admin-key"),
    "CHECKOUT_API_KEY": ("x-checkout-key", "demo-checkout-key"),
}


def banner(*, url: str, live_url: str, environment: Mapping[str, str], data: Path, seconds: float) -> str:
    """The running stack's addresses, demo logins and keys; keys chosen in the environment are not repeated."""
    keys = [
        f"{header}: {f'your {name}' if environment.get(name, default) != default else default}"
        for name, (header, default) in KEYS.items()
    ]
    mail = environment.get("MAIL_DIR") or f"sent through {environment.get('SMTP_SERVER')}"
    lines = {
        "API": f"{url}/",
        "Live": f"{live_url}/live/",
        "Swagger": f"{url}/swagger/",
        "Admin": f"{url}/admin/",
        "Mail": mail,
        "Sources": f"{environment.get('GEO_API_URL')}   {environment.get('DVF_BASE_URL')}",
        "Check-in": f"{environment.get('CHECKOUT_API_URL')}   {environment.get('CHECKIN_URL')}",
        "Logs": f"{data / 'log'}",
        "Logins": f"{LOGINS}",
        "": f"password of all: {PASSWORD}",
        "Keys": "   ".join(keys),
    }
    table = "\n".join(f"  {name:<8} {text}" for name, text in lines.items())
    return f"Switchboard is ready in {seconds:.1f} s\n\n{table}\n\nCtrl-C stops everything."
