"""Events for platform staff: to look at, and to change by what organisers use too."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from core.moments import zone_name
from events import operations
from events.models import Event, Inventory, Movement, PromoCode, TicketType, Venue


class TicketTypeInline(ReadOnlyAdmin, TabularInline):
    model = TicketType
    fields = ["name", "price_label", "inventory", "min_per_booking", "max_per_booking", "retired_at"]
    readonly_fields = ["price_label", "retired_at"]
    ordering = ["position", "id"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("event", "inventory")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin, ModelAdmin):
    """All events. The organiser's editor, one link away, is where their words and seats are changed."""

    list_display = ["title", "organizer", "status", "local_start", "place", "sold"]
    list_filter = ["status", "category", "starts_at", "timezone"]
    search_fields = ["title", "slug", "organizer__name", "venue__city"]
    list_select_related = ["organizer", "inventory", "venue"]
    ordering = ["-starts_at"]
    date_hierarchy = "starts_at"
    show_full_result_count = False
    inlines = [TicketTypeInline]
    actions = ["publish", "postpone", "cancel"]
    readonly_fields = ["editor", "local_start", "local_end", "sold"]
    fieldsets = [
        (None, {"fields": ["editor", "title", "slug", "organizer", "status", "version"]}),
        ("When and where", {"fields": ["local_start", "local_end", "timezone", "venue", "online_url"]}),
        ("Words", {"fields": ["summary", "description", "category", "tags", "image"]}),
        (
            "Seats",
            {
                "fields": [
                    "sold",
                    "inventory",
                    "max_per_person",
                    "cancellation_hours",
                    "payment_methods",
                    "refund_steps",
                    "currency",
                    "waitlist_order",
                    "offer_minutes",
                ]
            },
        ),
        ("History", {"fields": ["created_at", "updated_at", "published_at"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(rehearsal=False)

    @admin.display(description="starts", ordering="starts_at")
    def local_start(self, event):
        return f"{event.local_start:%d %b %Y, %H:%M} {zone_name(event.local_start)}"

    @admin.display(description="ends")
    def local_end(self, event):
        return f"{event.local_end:%d %b %Y, %H:%M} {zone_name(event.local_end)}"

    @admin.display(description="seats taken", ordering="inventory__claimed")
    def sold(self, event):
        return f"{event.inventory.claimed:,} of {event.inventory.capacity:,}"

    @admin.display(description="organiser's pages")
    def editor(self, event):
        overview, edit = (reverse(f"organise:{name}", args=[event.slug]) for name in ("event", "edit"))
        return format_html('<a href="{}">Overview</a> · <a href="{}">Edit</a>', overview, edit)

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request, queryset):
        self._each(request, queryset, operations.publish_event, "is on sale")

    @admin.action(description="Postpone", permissions=["change"])
    def postpone(self, request, queryset):
        self._each(request, queryset, operations.postpone_event, "is postponed")

    @admin.action(description="Cancel, with all bookings", permissions=["change"])
    def cancel(self, request, queryset):
        self._each(request, queryset, operations.cancel_event, "is cancelled")

    def _each(self, request, queryset, operation: Callable[..., Event], done: str) -> None:
        """Carry an operation out on each; say what was done and what was refused."""
        for event in queryset:
            try:
                operation(event=event, version=event.version, by=request.user, now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{event}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"{event} {done}.")


@admin.register(TicketType)
class TicketTypeAdmin(ReadOnlyAdmin, ModelAdmin):
    """What can be bought. Changed in the event's editor."""

    list_display = ["name", "event", "price_label", "inventory", "sales_start_at", "sales_end_at", "retired_at"]
    list_filter = ["retired_at", "sales_start_at"]
    search_fields = ["name", "event__title"]
    list_select_related = ["event", "inventory"]
    ordering = ["event__title", "position"]


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnlyAdmin, ModelAdmin):
    """What codes there are, and how often they are used. Changed on the event's own page of codes."""

    list_display = ["code", "event", "discount", "unlocks", "used", "limit", "valid_from", "valid_until", "is_active"]
    list_filter = ["kind", "is_active", "created_at"]
    search_fields = ["code", "event__title", "note"]
    list_select_related = ["event", "inventory"]
    ordering = ["-created_at"]
    show_full_result_count = False

    @admin.display(description="discount")
    def discount(self, code):
        return code.words(code.event.currency)

    @admin.display(description="used")
    def used(self, code):
        return code.inventory.claimed

    @admin.display(description="limit")
    def limit(self, code):
        return code.limit


@admin.register(Venue)
class VenueAdmin(ReadOnlyAdmin, ModelAdmin):
    """Places. They are never edited: an event that moves gets another one."""

    list_display = ["name", "city", "country", "address", "organizer"]
    list_filter = ["country"]
    search_fields = ["name", "city", "address", "organizer__name"]
    list_select_related = ["organizer"]
    ordering = ["city", "name"]


@admin.register(Inventory)
class InventoryAdmin(ReadOnlyAdmin, ModelAdmin):
    """The counters behind every limit; movements say why they are what they are."""

    list_display = ["id", "limits", "capacity", "claimed", "held", "offered", "free"]
    search_fields = ["event__title", "ticket_type__name", "ticket_type__event__title"]
    list_select_related = ["event", "ticket_type__event"]
    ordering = ["-id"]

    @admin.display(description="limits")
    def limits(self, inventory):
        if hasattr(inventory, "event"):
            return str(inventory.event)
        kind = getattr(inventory, "ticket_type", None)
        return f"{kind.event}: {kind}" if kind else "nothing any more"


@admin.register(Movement)
class MovementAdmin(ReadOnlyAdmin, ModelAdmin):
    """Why a number changed: append-only."""

    list_display = ["at", "inventory", "reason", "change", "booking_id"]
    list_filter = ["reason", "at"]
    search_fields = ["booking_id", "inventory__event__title", "inventory__ticket_type__event__title"]
    list_select_related = ["inventory"]
    ordering = ["-at", "-id"]
    show_full_result_count = False
