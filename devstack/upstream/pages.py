"""The pages, as long and as untidy as real ones."""

from html import escape
from typing import Final

_MENU: Final = "".join(
    f'<li class="nav-item{" active" if name == "Check-In" else ""}"><a class="nav-link" href="/{path}">'
    f'<i class="fa fa-fw fa-{icon}" aria-hidden="true"></i><span class="menu-title">{name}</span></a></li>\n'
    for name, path, icon in (
        ("Home", "home", "house"),
        ("Timetable &amp; rooms", "timetable", "calendar-days"),
        ("Check-In", "selfregistration", "location-dot"),
        ("Attendance", "attendance?view=week&amp;tz=Europe/London", "chart-column"),
        ("Absence&nbsp;requests", "absences", "envelope"),
        ("Help", "help", "circle-question"),
    )
)
_HEAD: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, shrink-to-fit=no">
<meta name="csrf-token" content="k3f0Jw7x9nQ2mZ1r8sV5tB6yL4hD0cA">
{title}<link rel="stylesheet" href="/css/app.css?id=7b1c9e02a4">
<!-- <title>Not this one</title> -->
<script>window.App = {{"locale": "en", "debug": false,
"markup": "<span class=\\"side-menu-name\\">nobody<\\/span>"}};</script>
</head>
"""
_FOOT: Final = """<footer class="footer"><p>&copy; Attendance &middot; <a href="/privacy">Privacy</a>
&middot; <a href=/terms>Terms</a></p>
</footer>
<script src="/js/manifest.js"></script><script src="/js/vendor.js"></script><script src="/js/app.js?id=51f2"></script>
</body>
</html>
"""
_CLASSES: Final = "".join(
    f'<tr class="row-{("even", "odd")[number % 2]}"><td>{9 + number}:00</td><td>Room {100 + number} &ndash;'
    " block&nbsp;B"
    f'<td><span class="badge badge-light" title="Group {number}">Seminar {number} &lt;week {number + 3}&gt;</span>'
    '<td><form method="post" action="/selfregistration/code"><input name=code maxlength=6 autocomplete=off>'
    '<button type=submit class="btn btn-sm btn-primary">Check in</button></form>\n'
    for number in range(8)
)
_BEFORE: Final = """<body class="sidebar-mini">
<div class="wrapper"><nav class="sidebar" id="sidebar"><div class="side-menu-user">
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" alt=""><span class="side-menu-name text-truncate">
  """
_AFTER: Final = f"""
</span><br><small>Student</small></div>
<ul class="nav">
{_MENU}</ul></nav>
<main class="content"><h1>Check-In</h1><p>Enter the code that your teacher shows &mdash; it is valid for
15&nbsp;minutes.
<p>Today:<table class="table table-striped"><thead><tr><th>Time<th>Place<th>Class<th>Code</thead>
<tbody>{_CLASSES}</table></main></div>
"""
CHECK_IN_TITLE: Final = "<title>Check-In</title>\n"
_CHECK_IN: Final = (_HEAD.format(title=CHECK_IN_TITLE) + _BEFORE, _AFTER + _FOOT)
_UNTITLED: Final = (_HEAD.format(title="") + _BEFORE, _AFTER + _FOOT)
LOGIN: Final = (
    _HEAD.format(title="<title>Please log in to continue...</title>\n")
    + """<body class="login-page">
<div class="login-box"><h1>Please log in to continue&hellip;</h1>
<form method="post" action="/login"><input type="hidden" name="_token" value="k3f0Jw7x9nQ2mZ1r8sV5tB6yL4hD0cA">
<label>E-mail <input type="email" name="email" required></label>
<label>Password <input type=password name=password></label>
<button class="btn btn-primary">Log in</button></form></div>
"""
    + _FOOT
).encode()
ERROR: Final = b"<!DOCTYPE html><html><head><title>Server Error</title></head><body><h1>500</h1></body></html>"
TOO_MANY: Final = b"<!DOCTYPE html><html><head><title>Too Many Requests</title></head><body><h1>429</h1></body></html>"
GARBAGE: Final = b"<html><<title>Che\xff\x00ck-<span class='side-menu-name'>&#x110000;</div></table></title <<" * 40
HUGE_FILLING: Final = b"<div class=filling>" * 120_000


def check_in(email: str, *, titled: bool = True) -> bytes:
    """The page of the user with this e-mail address."""
    before, after = _CHECK_IN if titled else _UNTITLED
    return f"{before}{escape(email)}{after}".encode()
