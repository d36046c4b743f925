"""The log itself in the admin: a list to leaf through and to export, and a page for each entry."""

from dataclasses import replace
from datetime import datetime
from http import HTTPMethod
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from audit.admin.asking import AskingForm
from audit.admin.lines import lines_of
from audit.models import Entry
from audit.permissions import require_admin
from audit.selectors import Sheet, entry_of, sheet, unavailable_while_down
from audit.services.exporting import Format, export
from audit.views.files import log_file
from config.admin_tables import CappedAdmin, ReadOnly, link
from core.actor import Actor
from core.cursors import NotACursor
from core.errors import SwitchboardError, Unavailable
from core.problems import problem_response

PAGE: Final = 50
AWAY: Final = "The audit log cannot be read: MongoDB does not answer in time. Try again later, or ask for less."
NO_SUCH_PAGE: Final = "The address names no page of this list."
FORMATS: Final[dict[str, Format]] = {"ndjson": "ndjson", "csv": "csv"}
CURSORS: Final = ("newer_than", "older_than")


def reader(request: HttpRequest) -> Actor:
    """Who reads, as the API knows him; nothing of the organization is hidden from a superuser."""
    user = cast(Any, request.user)  # the site lets staff in, and nobody else
    actor: Actor = user.as_actor()
    return replace(actor, role="admin") if request.user.is_superuser else actor


@admin.register(Entry)
class EntryAdmin(ReadOnly, CappedAdmin):
    """The entries of the staff's organization: an admin sees all, others what they did themselves."""

    fieldsets = [
        (None, {"fields": ["seq", "at", "action", "resource", "by", "changed"]}),
        ("Where it came from", {"fields": ["ip_address", "user_agent", "request_id"]}),
        ("In the log", {"fields": ["id", "user_id", "key_id", "prev_hash", "hash"]}),
    ]
    readonly_fields = ["at", "resource", "by", "changed"]
    change_form_before_template = "audit/admin/entry_style.html"

    def get_urls(self) -> list[URLPattern]:
        """The usual ones, and the export. Nobody deletes entries, and they have no history of their own."""
        export_path = path("export/", self.admin_site.admin_view(self.export_view), name="audit_entry_export")
        left_out = {"audit_entry_delete", "audit_entry_history"}
        return [export_path, *(one for one in super().get_urls() if one.name not in left_out)]

    def has_view_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """All staff's: what of it they see is the log's own rule."""
        return bool(request.user.is_staff)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A page of the entries that are asked for, the newest first."""
        form, by = AskingForm(request.GET), reader(request)
        found, is_away = None, False
        if form.is_valid():
            cursors = {name: request.GET.get(name) for name in CURSORS}
            try:
                found = sheet(form.filters, by=by, limit=PAGE, **cursors)
            except NotACursor:
                form.add_error(None, NO_SUCH_PAGE)
            except Unavailable:
                is_away = True
        context = {
            **self.admin_site.each_context(request),
            "title": "Entries",
            "opts": self.opts,
            "media": self.media + form.media,
            "is_fullwidth": "1",
            "form": form,
            "lines": lines_of(found.entries, site=self.admin_site, request=request) if found else [],
            "is_listed": found is not None,
            "is_away": is_away,
            "away": AWAY,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "sees_all": by.role == "admin",
            **self._addresses(request, found),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "audit/admin/entries.html", context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list with these parameters shows, as a file; recorded as the API's export is. For admins."""
        if request.method != HTTPMethod.GET:  # what a HEAD would record did not happen
            return HttpResponseNotAllowed([HTTPMethod.GET])
        form = AskingForm(request.GET)
        file_format = FORMATS.get(request.GET.get("format", "ndjson"))
        back = HttpResponseRedirect(f"{reverse('admin:audit_entry_changelist')}?{request.GET.urlencode()}")
        try:
            require_admin(reader(request))
            if file_format is None or not form.is_valid():
                return back
            with unavailable_while_down():
                parts = export(filters=form.filters, format=file_format)
            return log_file(parts, file_format=file_format)
        except Unavailable:
            self.message_user(request, AWAY, messages.ERROR)
            return back
        except SwitchboardError as error:
            return problem_response(request, error)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An entry with all its fields."""
        try:
            page: HttpResponse = super().change_view(
                request, object_id, form_url, {"show_history": False, **(extra_context or {})}
            )
            return page
        except Unavailable:
            self.message_user(request, AWAY, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:audit_entry_changelist"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Entry | None:
        """The entry if who asks sees it. Raises Unavailable while MongoDB cannot be read."""
        try:
            document = entry_of(UUID(object_id), by=reader(request))
        except ValueError:
            return None
        if document is None:
            return None
        entry = Entry.of(document)
        [entry.line] = lines_of([document], site=self.admin_site, request=request, whole=True)
        return entry

    @admin.display(description="time")
    def at(self, entry: Entry) -> str:
        """To the millisecond, as it is hashed."""
        moment: datetime = entry.created_at
        return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")

    @admin.display(description="object")
    def resource(self, entry: Entry) -> SafeString | str:
        """Its kind and its id, and its page where it has one."""
        words = f"{entry.resource_type} {entry.resource_id}"
        return link(entry.line.resource_path, words) if entry.line.resource_path else words

    @admin.display(description="who")
    def by(self, entry: Entry) -> SafeString | str:
        """The person, the program, or the platform."""
        return link(entry.line.who_path, entry.line.who) if entry.line.who_path else str(entry.line.who)

    @admin.display(description="changes")
    def changed(self, entry: Entry) -> SafeString | str:
        """Each field's old and new value, in full."""
        changes = entry.line.changes
        return render_to_string("audit/admin/changes.html", {"changes": changes}) if changes else "-"

    def _addresses(self, request: HttpRequest, found: Sheet | None) -> dict[str, str]:
        """Where the buttons of the list lead: to other pages of it, and to files, of the same entries."""
        asked = request.GET.copy()
        for name in (*CURSORS, "format"):
            asked.pop(name, None)

        def address(**more: str) -> str:
            query = asked.copy()
            for name, value in more.items():
                query[name] = value
            return f"?{query.urlencode()}"

        at_export = reverse("admin:audit_entry_export")
        return {
            "newest": address() if request.GET.get("older_than") or request.GET.get("newer_than") else "",
            "newer": address(newer_than=found.newer) if found and found.newer else "",
            "older": address(older_than=found.older) if found and found.older else "",
            "ndjson": at_export + address(format="ndjson"),
            "csv": at_export + address(format="csv"),
        }
