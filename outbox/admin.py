"""The ledger for platform staff: what is due, what was delivered, and what was given up and can be sent again."""

import json

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django_htmx.http import HttpResponseClientRedirect
from unfold.admin import ModelAdmin
from unfold.decorators import action

from core import facts
from core.admin import ReadOnlyAdmin
from outbox import operations
from outbox.models import DeadMessage, Message

SHORT = 60  # characters of an error in a list: two lines of a phone's


class FactFilter(SimpleListFilter):
    """By the facts that the code knows: to ask a ledger of millions of rows for them would take its time."""

    title = "fact"
    parameter_name = "fact"

    def lookups(self, request, model_admin):
        return [(name, name.replace("_", " ")) for name in facts.names()]

    def queryset(self, request, queryset):
        return queryset.filter(fact=self.value()) if self.value() else queryset


class LedgerAdmin(ReadOnlyAdmin, ModelAdmin):
    """What the two lists below share."""

    search_fields = ["id", "fact", "last_error"]
    search_help_text = "An id, a fact or a part of an error"
    show_full_result_count = False
    actions = ["resend"]
    actions_detail = ["resend_this"]
    readonly_fields = ["content"]
    fieldsets = [
        (None, {"fields": ["fact", "lane", "status", "attempts", "last_error", "content"]}),
        ("When", {"fields": ["created_at", "available_at", "done_at"]}),
        ("Which", {"fields": ["id", "dedupe_key"]}),
    ]

    @admin.display(description="error", ordering="last_error")
    def error(self, message):
        return Truncator(message.last_error).chars(SHORT)

    @admin.display(description="payload")
    def content(self, message):
        """A private one may hold the link that lets somebody into their account."""
        fact = facts.find(message.fact)
        return "Private" if fact and fact.private else json.dumps(message.payload, ensure_ascii=False)

    @admin.action(description="Deliver again", permissions=["change"])
    def resend(self, request, queryset):
        """Make the chosen messages due again."""
        now = timezone.now()
        due = sum(operations.resend(message=message, now=now) for message in queryset)
        if due:
            self.message_user(request, f"{due} made due again.", messages.SUCCESS)
        if left := len(queryset) - due:
            self.message_user(request, f"{left} left alone: under way, or private and delivered.", messages.WARNING)

    @action(
        description="Deliver again",
        url_path="deliver-again",
        permissions=["resend_this"],
        dialog={
            "title": "Deliver again",
            "description": "It is made due at once, with all its attempts. Mend the cause first.",
            "form_class": None,
            "form_submit_text": "Deliver again",
        },
    )
    def resend_this(self, request, form, object_id):
        """For one: asks first."""
        message = self.get_object(request, object_id)
        if message is None:
            raise Http404("There is no such message, or it was not given up.")
        self.resend(request, [message])
        page = reverse("admin:outbox_message_change", args=[object_id])
        return HttpResponseClientRedirect(page) if request.htmx else HttpResponseRedirect(page)

    def has_resend_this_permission(self, request, object_id=None):
        return self.has_change_permission(request)


@admin.register(Message)
class MessageAdmin(LedgerAdmin):
    """The whole ledger."""

    list_display = ["fact", "lane", "status", "attempts", "available_at", "created_at", "done_at", "error"]
    list_filter = ["status", "lane", FactFilter]
    ordering = ["-created_at"]


@admin.register(DeadMessage)
class DeadMessageAdmin(LedgerAdmin):
    """What waits for somebody to mend its cause and to have it delivered again."""

    list_display = ["fact", "lane", "attempts", "error", "created_at"]
    list_filter = ["lane", FactFilter]
    ordering = ["-created_at"]
