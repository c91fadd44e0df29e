"""Lines for platform staff: to look at and to search. What moves seats is done on the organiser's page."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from core.admin import ReadOnlyAdmin
from waitlist.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin, ModelAdmin):
    """All places in lines. Removing somebody, or inviting them out of order, takes a reason: one link away."""

    list_display = ["number", "event", "customer", "contact", "quantity", "ticket_type", "status", "joined_at"]
    list_filter = ["status", "joined_at", "event__organizer"]
    search_fields = ["customer__name", "customer__email", "event__title"]
    search_help_text = "A name, an e-mail address or an event's title"
    list_select_related = ["event", "customer", "ticket_type"]
    ordering = ["-joined_at", "-id"]
    date_hierarchy = "joined_at"
    show_full_result_count = False
    readonly_fields = ["contact", "line"]
    fieldsets = [
        (None, {"fields": ["line", "event", "number", "status", "quantity", "ticket_type", "lead_hours"]}),
        ("Who", {"fields": ["customer", "contact"]}),
        ("Offer", {"fields": ["offered_type", "offered_at", "offer_expires_at", "booking_id"]}),
        ("When", {"fields": ["joined_at", "ended_at"]}),
        ("By hand", {"fields": ["by", "reason"]}),
    ]

    @admin.display(description="e-mail", ordering="customer__email")
    def contact(self, entry):
        return entry.customer.email

    @admin.display(description="organiser's pages")
    def line(self, entry):
        line, why = (reverse(page, args=[entry.event.slug]) for page in ("line:line", "why:why"))
        return format_html('<a href="{}">The line</a> · <a href="{}">Why?</a>', line, why)
