"""People and teams, for platform staff."""

from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count
from django.forms.models import BaseInlineFormSet
from django.shortcuts import redirect
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import factors, operations
from accounts.models import AddressChange, Change, Invitation, Membership, Team, User
from accounts.permissions import has_staff_powers
from core.admin import KnownRows, ReadOnlyAdmin
from core.errors import DomainError

# Staff sign in where everybody does, so limits on guessing hold there too.
_sign_in = secure_admin_login(admin.site.login)


def enter(request, extra_context=None):
    """Lead staff who have no second factor to where they set one up."""
    user = request.user
    if user.is_active and user.is_staff and not has_staff_powers(user):
        messages.warning(request, "The admin opens to staff with a second factor. Set one up here first.")
        return redirect("mfa_index")
    return _sign_in(request, extra_context)


admin.site.login = enter  # type: ignore[method-assign]
admin.site.has_permission = lambda request: request.user.is_active and has_staff_powers(request.user)  # type: ignore[method-assign]

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)

POWERS: list[str | list[str] | tuple[str, ...]] = ["is_staff", "is_superuser", "groups", "user_permissions"]


class NewUserForm(UserCreationForm):
    """A new account, whose address is in lower case like all others."""

    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes: dict[str, type] = {}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


@admin.register(User)
class UserAdmin(KnownRows, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc]  # two stubs differ on one method
    """People. Their address is their own to change; only superusers hand out powers, or touch superusers."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "name", "is_active", "is_staff", "joined_at", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "joined_at"]
    search_fields = ["email", "name"]
    ordering = ["-joined_at"]
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = ["email", "is_active", "joined_at", "last_login", "closed_at"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("State", {"fields": ["is_active", "joined_at", "last_login", "closed_at"]}),
        ("Powers", {"fields": POWERS}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    actions = ["close_accounts", "remove_second_factors"]

    def get_readonly_fields(self, request, obj=None):
        """A new account's address is typed; powers are read-only for those who are no superusers."""
        fields = [name for name in self.readonly_fields if obj or name != "email"]
        return fields if request.user.is_superuser else [*fields, *POWERS]

    def has_change_permission(self, request, obj=None):
        """Also asked before a password is changed: staff must not become superusers that way."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Close these accounts", permissions=["change"])
    def close_accounts(self, request, queryset):
        """Close accounts as their owners could; superusers' are left alone."""
        for user in queryset.filter(closed_at=None):
            try:
                if not self.has_change_permission(request, user) or user == request.user:
                    raise DomainError("This account is not yours to close here.")
                operations.close_account(user=user, now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{user}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"Account {user.pk} is closed.")

    @admin.action(description="Take their second factors off (they lost their phone)", permissions=["change"])
    def remove_second_factors(self, request, queryset):
        """For those who say who they are by another way; superusers' only by superusers."""
        for user in queryset.filter(closed_at=None):
            if not self.has_change_permission(request, user) or user == request.user:
                self.message_user(request, f"{user}: not yours to change here.", messages.ERROR)
            elif factors.remove_all(user=user):
                self.message_user(request, f"{user} signs in with the password alone now, and is told by mail.")


class OwnedFormSet(BaseInlineFormSet):
    """Members of a team of whom at least one owns it."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        if not any(data.get("role") == Membership.Role.OWNER for data in kept):
            raise forms.ValidationError("A team always has an owner.")


class MembershipInline(TabularInline):
    model = Membership
    formset = OwnedFormSet
    autocomplete_fields = ["user"]
    extra = 0
    min_num = 1


@admin.register(Team)
class TeamAdmin(KnownRows, ModelAdmin):
    """Organisers. One that has events can't be deleted. Their tax is changed on their own page: prices follow it."""

    list_display = ["name", "members_count", "events_count", "created_at"]
    search_fields = ["name", "members__email"]
    ordering = ["name"]
    readonly_fields = ["created_at", "tax_name", "tax_rate", "tax_included"]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        people, events = Count("memberships", distinct=True), Count("events", distinct=True)
        return super().get_queryset(request).annotate(people=people, runs=events)

    @admin.display(description="members", ordering="people")
    def members_count(self, team):
        return team.people

    @admin.display(description="events", ordering="runs")
    def events_count(self, team):
        return team.runs


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin, ModelAdmin):
    """Who was asked to join which team. Their links are in their mail alone."""

    list_display = ["email", "team", "role", "status", "sent_at", "expires_at"]
    list_filter = ["status", "role"]
    list_select_related = ["team"]
    search_fields = ["email", "team__name"]
    ordering = ["-sent_at"]


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin, ModelAdmin):
    """Who changed what, of all teams. Nobody rewrites it."""

    list_display = ["at", "team", "by", "words", "label"]
    list_filter = ["at"]
    list_select_related = ["team", "by"]
    search_fields = ["team__name", "by__email", "label"]
    ordering = ["-at", "-id"]
    show_full_result_count = False


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin, AllauthEmailAddressAdmin, ModelAdmin):
    """Addresses and whether they are confirmed: an action confirms one for somebody whose mail never comes."""

    list_select_related = ["user"]
    ordering = ["email"]


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin, ModelAdmin):
    """Who has which second factor; never its secret."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    ordering = ["-created_at"]
    readonly_fields = ["user", "type", "created_at", "last_used_at"]
    fields = tuple(readonly_fields)


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin, ModelAdmin):
    """Where people are signed in; not the keys of their sessions."""

    list_display = ["user", "ip", "user_agent", "created_at", "last_seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name", "ip"]
    ordering = ["-last_seen_at"]
    readonly_fields = ["user", "ip", "user_agent", "created_at", "last_seen_at"]
    fields = tuple(readonly_fields)


@admin.register(AddressChange)
class AddressChangeAdmin(ReadOnlyAdmin, ModelAdmin):
    """From which e-mail address to which, and whether it was confirmed or stopped. The links are in the mails alone."""

    list_display = ["user", "old", "new", "asked_at", "confirmed_at", "ended_at"]
    list_filter = ["asked_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "old", "new"]
    ordering = ["-asked_at"]
