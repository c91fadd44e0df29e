"""What organisers did to many guests at once, for platform staff."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from core.admin import ReadOnlyAdmin
from guests.models import Item, Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin, ModelAdmin):
    """Who did what to how many."""

    list_display = ["created_at", "event", "kind", "size", "by", "stopped_at", "finished_at"]
    list_filter = ["kind", "created_at", ("finished_at", admin.EmptyFieldListFilter)]
    search_fields = ["event__title", "by__email"]
    search_help_text = "An event or an e-mail address"
    list_select_related = ["event", "by"]
    ordering = ["-created_at", "-id"]
    show_full_result_count = False


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin, ModelAdmin):
    """What came of each of them."""

    list_display = ["booking", "job", "state", "why", "done_at"]
    list_filter = ["state"]
    search_fields = ["booking__reference"]
    search_help_text = "A booking’s reference"
    list_select_related = ["booking", "job"]
    ordering = ["-id"]
    show_full_result_count = False
