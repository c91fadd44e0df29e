"""The editor's page: create and edit."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Team
from accounts.permissions import Permission, teams_where
from accounts.requests import SignedInRequest
from core.errors import DomainError, EditConflict, Invalid, NotAllowed
from events import operations
from events.editor import Editor, row_numbers
from events.models import Event
from events.operations.editing import describe
from events.organiser_views import editable, find
from events.organising import guests


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """A new draft, for one of the teams in which one may edit."""
    teams = list(teams_where(request.user, Permission.EDIT_EVENTS).order_by("name"))
    if not teams:
        return _no_team(request)
    team = _chosen(request, teams)
    context: dict[str, Any] = {"teams": teams, "team": team}
    if request.method != "POST":
        last = team.events.order_by("-created_at").values_list("timezone", flat=True).first()
        return _page(request, Editor.blank(last or ""), **context)
    if _only_rows(request):
        return _rows_page(request, None, **context)
    editor = Editor.posted(request.POST, request.FILES)
    if not editor.is_valid():
        return _page(request, editor, 422, **context)
    try:
        event = operations.create_event(team=team, data=editor.input, by=request.user, now=timezone.now())
    except DomainError as refusal:
        return _refused(request, editor, refusal, **context)
    messages.success(request, "Saved as a draft. Nobody else sees it until you publish it.")
    return redirect("organise:event", event.slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Change an event. When somebody else saved meanwhile, both versions are shown and nothing is lost."""
    event = editable(request, slug)
    if request.method != "POST":
        return _page(request, Editor.showing(event))
    if _only_rows(request):
        return _rows_page(request, event)
    editor = Editor.posted(request.POST, request.FILES, event)
    if not editor.is_valid():
        return _page(request, editor, 422)
    try:
        saved = operations.edit_event(
            event=event, data=editor.input, version=editor.version, by=request.user, now=timezone.now()
        )
    except EditConflict:
        editor.show_conflict(find(request, slug))
        return _page(request, editor, 409, conflict=True)
    except DomainError as refusal:
        return _refused(request, editor, refusal)
    messages.success(request, _saved(event, saved))
    return redirect("organise:edit" if "stay" in request.POST else "organise:event", slug)


def _saved(before: Event, after: Event) -> str:
    """Whether somebody hears of what was changed."""
    if after.status == Event.Status.DRAFT or describe(before) == describe(after) or not (number := guests(after)):
        return "Saved."
    people = "1 person hears" if number == 1 else f"{number:,} people hear"
    when = "once it is back on sale" if after.status == Event.Status.POSTPONED else "in a few minutes"
    return f"Saved. {people} of the change {when}."


def _no_team(request: SignedInRequest) -> HttpResponse:
    if teams_where(request.user, Permission.SEE_GUESTS).exists():
        raise NotAllowed(f"Your role in your team does not allow you to {Permission.EDIT_EVENTS}.")
    return redirect("organise:home")


def _chosen(request: SignedInRequest, teams: list[Team]) -> Team:
    wanted = request.POST.get("team") or request.GET.get("team")
    if not wanted:
        return teams[0]
    for team in teams:
        if str(team.pk) == wanted:
            return team
    raise Http404


def _only_rows(request: SignedInRequest) -> bool:
    """Whether a row was added or removed; nothing is saved then, and nothing judged."""
    return "add_row" in request.POST or "remove_row" in request.POST


def _rows_page(request: SignedInRequest, event: Event | None, **context: Any) -> HttpResponse:
    """The page with a row more or less. With HTMX only what changed: the new row, or a word on the old one."""
    rows = row_numbers(request.POST)
    if "add_row" in request.POST:
        rows.append(max(rows, default=-1) + 1)
    else:
        rows = [number for number in rows if str(number) != request.POST["remove_row"]]
    editor = Editor.unfinished(request.POST, rows, event)
    if not request.htmx:
        return _page(request, editor, **context)
    part = "new_row" if "add_row" in request.POST else "removed_row"
    return render(request, f"organise/edit.html#{part}", {"row": editor.rows[-1] if editor.rows else None})


def _refused(request: SignedInRequest, editor: Editor, refusal: DomainError, **context: Any) -> HttpResponse:
    editor.refuse(refusal)
    return _page(request, editor, 422 if isinstance(refusal, Invalid) else refusal.status, **context)


def _page(request: SignedInRequest, editor: Editor, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "organise/edit.html", {"editor": editor, "event": editor.event, **context}, status=status)
