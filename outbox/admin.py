from django.contrib import admin
from django.utils import timezone
from unfold.admin import ModelAdmin

from core.admin import ReadOnlyAdmin
from outbox import operations
from outbox.models import Message


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin, ModelAdmin):
    """The ledger: what is due, what was delivered, and what was given up and can be sent again."""

    list_display = ["fact", "status", "attempts", "available_at", "created_at", "done_at", "last_error"]
    list_filter = ["status", "fact"]
    search_fields = ["id", "fact", "last_error"]
    ordering = ["-created_at"]
    actions = ["resend"]

    @admin.action(description="Deliver again")
    def resend(self, request, queryset):
        """Make the chosen messages due again."""
        for message in queryset:
            operations.resend(message=message, now=timezone.now())
        self.message_user(request, f"{len(queryset)} made due again.")
