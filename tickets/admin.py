"""Tickets for platform staff: to find by any code, to print, never to edit."""

from django.contrib import admin, messages
from django.http import HttpResponse
from unfold.admin import ModelAdmin

from core.admin import ReadOnlyAdmin
from tickets import operations
from tickets.models import Scan, Ticket
from tickets.pdf import ticket_pdf

MOST_PAGES = 50


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin, ModelAdmin):
    """All tickets. Whether one is valid follows from its booking."""

    list_display = ["readable_code", "holder_name", "ticket_type", "event", "reference", "state", "issued_at"]
    list_filter = ["booking__status", ("checked_in_at", admin.EmptyFieldListFilter), "issued_at"]
    search_fields = ["holder_name", "booking__reference", "booking__email", "booking__customer__email"]
    search_help_text = "A code (typed or scanned), a name, a booking's reference or an e-mail address"
    ordering = ["-issued_at", "-id"]
    show_full_result_count = False
    actions = ["print_tickets"]
    fields = ["readable_code", "state", "holder_name", "event", "ticket_type", "number", "booking"]
    fields += ["issued_at", "checked_in_at", "checked_in_by", "gate"]
    readonly_fields = ["readable_code", "state", "event", "ticket_type"]

    def get_queryset(self, request):
        return Ticket.objects.with_all()

    def get_search_results(self, request, queryset, search_term):
        """What is a ticket's code finds that ticket alone."""
        if found := operations.verify(text=search_term):
            return queryset.filter(pk=found.pk), False
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup, value, request):
        """A booking's page links to its tickets."""
        return lookup == "booking__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="code", ordering="code")
    def readable_code(self, ticket):
        return ticket.readable_code

    @admin.display(description="ticket type")
    def ticket_type(self, ticket):
        return ticket.line.ticket_type

    @admin.display(description="event", ordering="booking__event__title")
    def event(self, ticket):
        return ticket.booking.event

    @admin.display(description="booking", ordering="booking__reference")
    def reference(self, ticket):
        return ticket.booking.reference

    @admin.display(description="state")
    def state(self, ticket):
        return ticket.status_label

    @admin.action(description="Download as PDF", permissions=["view"])
    def print_tickets(self, request, queryset):
        """The chosen tickets, a page each."""
        tickets = list(queryset[: MOST_PAGES + 1])
        if len(tickets) > MOST_PAGES:
            self.message_user(request, f"Choose at most {MOST_PAGES} tickets for one PDF.", messages.WARNING)
            return None
        return HttpResponse(
            ticket_pdf(tickets),
            content_type="application/pdf",
            headers={"Content-Disposition": 'attachment; filename="tickets.pdf"'},
        )


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin, ModelAdmin):
    """What was read at doors, the refused ones too."""

    list_display = ["at", "result", "event", "ticket", "gate", "by", "by_hand"]
    list_filter = ["result", "by_hand", "at"]
    search_fields = ["event__title", "gate", "ticket__code", "ticket__holder_name", "by__email"]
    search_help_text = "An event, a gate, a ticket’s code or holder, or who scanned"
    list_select_related = ["event", "ticket", "by"]
    ordering = ["-at", "-id"]
    show_full_result_count = False
