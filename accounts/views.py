"""A person's own account. Signing in and out, passwords and addresses are allauth's pages."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts import operations, sign_ins
from accounts.archive import archive as write_archive
from accounts.factors import has_factor
from accounts.forms import CloseAccountForm, ProfileForm, SignOutForm
from accounts.requests import SignedInRequest
from core.errors import DomainError
from core.limits import limit


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """The name, and the way to everything else about the account."""
    form = ProfileForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        operations.update_profile(user=request.user, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest) -> HttpResponse:
    """Say what closing the account means, ask for the password (or for the second factor), close it and sign out."""
    if request.method == "POST":
        limit(request, "password")
    asks_otherwise = has_factor(request.user) or not request.user.has_usable_password()
    if asks_otherwise:
        raise_if_reauthentication_required(request, app="allauth.mfa")
    form = CloseAccountForm(request.POST if request.method == "POST" else None, user=request.user)
    if asks_otherwise:
        del form.fields["password"]
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.close_account(user=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            logout(request)
            messages.success(request, "Your account is deleted, and you are signed out.")
            return redirect("events:list")
    return render(request, "account/delete.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: SignedInRequest) -> HttpResponse:
    """Where one is signed in, and the way to end it: `end` names one of them, `others` all but this one."""
    if request.method == "POST":
        if "others" in request.POST:
            ended = sign_ins.end_others(user=request.user, here=request.session.session_key)
        else:
            form = SignOutForm(request.POST)
            ended = form.is_valid() and sign_ins.end(user=request.user, sign_in_id=form.cleaned_data["end"])
        messages.success(request, "Signed out." if ended else "That one was signed out already.")
        return redirect("account_sessions")
    found = sign_ins.sign_ins_of(request.user, here=request.session.session_key, now=timezone.now())
    return render(request, "account/sessions.html", {"sign_ins": found})


@login_required
@require_safe
def privacy(request: SignedInRequest) -> HttpResponse:
    """What is kept about one, and the ways to take it along or have it removed."""
    return render(request, "account/privacy.html")


@login_required
@require_GET
@reauthentication_required(app="allauth.mfa")
def archive(request: SignedInRequest) -> FileResponse:
    """All that is held about one, as a ZIP file."""
    limit(request, "archive")
    now = timezone.now()
    name = f"evently-{now:%Y-%m-%d}.zip"
    return FileResponse(write_archive(user=request.user, now=now), as_attachment=True, filename=name)
