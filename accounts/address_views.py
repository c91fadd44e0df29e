"""The pages on which people change the e-mail address they sign in with."""

from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import AddressForm
from accounts.models import User
from accounts.operations import addresses
from accounts.requests import SignedInRequest
from core.errors import DomainError, Invalid
from core.limits import limit


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: SignedInRequest) -> HttpResponse:
    """The address one has, and the wish for another one: `email`; or `again` for the link that confirms the first."""
    if "again" in request.POST:
        limit(request, "letter")
        send_verification_email_for_user(request, request.user)
        return redirect("account_email")
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        raise_if_reauthentication_required(request, app="allauth.mfa")
        limit(request, "letter")
        try:
            change = addresses.ask_to_change(user=request.user, email=form.cleaned_data["email"], now=timezone.now())
        except Invalid as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"We have sent a link to {change.new}. Open it, and the address is yours.")
            return redirect("account_email")
    return render(request, "account/email.html", _shown(request.user, form), status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """From the letter to the new address: whoever reads it need not be signed in here."""
    limit(request, "link")
    change = addresses.change_named(key, salt=addresses.CONFIRM)
    open_ = change is not None and change.can_be_confirmed(timezone.now())
    if change is None or not open_ or request.method != "POST":
        return render(request, "account/confirm_change.html", {"change": change if open_ else None})
    try:
        addresses.confirm_change(change=change, now=timezone.now())
    except DomainError as refusal:
        return render(request, "account/confirm_change.html", {"refusal": refusal}, status=refusal.status)
    messages.success(request, f"{change.new} is your address now.")
    return redirect("account_email" if request.user.is_authenticated else "account_login")


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """From the letter to the old address: nobody may be able to sign in any more."""
    limit(request, "link")
    change = addresses.change_named(key, salt=addresses.STOP)
    open_ = change is not None and change.can_be_stopped(timezone.now())
    if change is None or not open_ or request.method != "POST":
        return render(request, "account/stop_change.html", {"change": change if open_ else None})
    try:
        undone = addresses.stop_change(change=change, now=timezone.now())
    except DomainError as refusal:
        return render(request, "account/stop_change.html", {"refusal": refusal}, status=refusal.status)
    return render(request, "account/stop_change.html", {"stopped": change, "undone": undone})


def _shown(user: User, form: AddressForm) -> dict[str, object]:
    return {
        "form": form,
        "confirmed": EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists(),
        "change": user.address_changes.waiting(timezone.now()).first(),
    }
