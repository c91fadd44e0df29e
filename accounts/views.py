"""A person's own account. Signing in and out, passwords and addresses are allauth's pages."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.forms import CloseAccountForm, ProfileForm
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
    """Say what closing the account means, ask for the password, close it and sign out."""
    if request.method == "POST":
        limit(request, "password")
    form = CloseAccountForm(request.POST or None, user=request.user)
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
