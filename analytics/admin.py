"""Figures for platform staff to look at, and what they are made of. Nobody types a figure."""

from django.contrib import admin, messages
from unfold.admin import ModelAdmin

from analytics import operations
from analytics.models import Haul, Sighting, Slot, Stale
from core.admin import ReadOnlyAdmin


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin, ModelAdmin):
    """Quarters of an hour, and sums of them, of events, teams and the platform."""

    list_display = ["at", "span", "level", "scope", "part", "bookings", "tickets", "cancelled", "views", "refused"]
    list_filter = ["level", "span"]
    search_fields = ["=scope"]
    search_help_text = "The id of an event or a team"
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Stale)
class StaleAdmin(ReadOnlyAdmin, ModelAdmin):
    """What will be counted anew: a long list means that no worker does it."""

    list_display = ["since", "event_id", "at"]
    ordering = ["id"]
    show_full_result_count = False
    actions = ["sweep"]

    @admin.action(description="Count now")
    def sweep(self, request, queryset):
        """All of it, not the chosen alone."""
        self.message_user(request, f"{operations.sweep_all():,} quarters counted.", messages.SUCCESS)


@admin.register(Sighting)
class SightingAdmin(ReadOnlyAdmin, ModelAdmin):
    """Page views and refused seats."""

    list_display = ["at", "event", "what", "part", "count"]
    list_filter = ["what"]
    search_fields = ["event__title"]
    list_select_related = ["event"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Haul)
class HaulAdmin(ReadOnlyAdmin, ModelAdmin):
    """Batches of counts that were brought from Redis in the last days."""

    list_display = ["at", "id"]
    ordering = ["-at"]
    show_full_result_count = False
