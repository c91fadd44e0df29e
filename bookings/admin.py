"""Bookings for platform staff: to look at, to search, and to cancel by the operation that customers use."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from bookings import operations
from bookings.models import Booking, BookingLine
from core import money
from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from core.ids import read_code


class BookingLineInline(ReadOnlyAdmin, TabularInline):
    model = BookingLine
    fields = ["ticket_type", "quantity", "price_label", "subtotal_label"]
    readonly_fields = ["price_label", "subtotal_label"]
    ordering = ["id"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("ticket_type", "booking")

    @admin.display(description="price")
    def price_label(self, line):
        return line.price_label

    @admin.display(description="subtotal")
    def subtotal_label(self, line):
        return line.subtotal_label


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin, ModelAdmin):
    """All bookings and baskets. Seats move by operations alone: there is nothing to edit here."""

    list_display = ["reference", "event", "who", "contact", "quantity", "total_label", "status", "created_at"]
    list_filter = ["status", "created_at", "event__organizer"]
    search_fields = ["reference", "name", "email", "customer__name", "customer__email", "event__title"]
    search_help_text = "A reference, a name, an e-mail address or an event's title"
    list_select_related = ["event", "customer"]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [BookingLineInline]
    actions = ["cancel"]
    readonly_fields = ["who", "contact", "total_label", "adjustment_label", "tickets"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "reference",
                    "status",
                    "event",
                    "quantity",
                    "total_label",
                    "paid_by",
                    "adjustment_label",
                    "tickets",
                ]
            },
        ),
        ("Who", {"fields": ["who", "contact", "customer"]}),
        ("When", {"fields": ["created_at", "hold_expires_at", "extensions", "confirmed_at", "ended_at"]}),
        ("How it came in", {"fields": ["idempotency_key", "policy"]}),
    ]

    @admin.display(description="name", ordering="name")
    def who(self, booking):
        return booking.holder

    @admin.display(description="e-mail", ordering="email")
    def contact(self, booking):
        return booking.contact_email

    @admin.display(description="total", ordering="total")
    def total_label(self, booking):
        return booking.total_label

    @admin.display(description="owed beyond its seats' price")
    def adjustment_label(self, booking):
        return money.words(booking.adjustment, booking.currency)

    @admin.display(description="tickets")
    def tickets(self, booking):
        url = reverse("admin:tickets_ticket_changelist")
        return format_html('<a href="{}?booking__id__exact={}">Its tickets</a>', url, booking.pk)

    def get_search_results(self, request, queryset, search_term):
        """A reference is found however it was typed: lower case, with dashes, O for 0."""
        named = queryset.filter(reference=read_code(search_term)) if search_term else queryset.none()
        return (named, False) if named.exists() else super().get_search_results(request, queryset, search_term)

    @admin.action(description="Cancel (give seats back)", permissions=["change"])
    def cancel(self, request, queryset):
        """Cancel the chosen ones, even after the event's deadline."""
        now, cancelled = timezone.now(), 0
        for booking in queryset.select_related("event"):
            try:
                operations.cancel(booking=booking, now=now, even_late=True)
            except DomainError as refusal:
                self.message_user(request, f"{booking.reference}: {refusal}", messages.WARNING)
            else:
                cancelled += 1
        if cancelled:
            self.message_user(request, f"{cancelled} cancelled, and their seats given back.", messages.SUCCESS)
