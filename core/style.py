"""The living style page: each component in both themes, with sample data. Local mode and staff only."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import segno
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

SECTIONS = {
    "colour": "Colour and type",
    "buttons": "Buttons and badges",
    "forms": "Forms",
    "events": "Event cards",
    "tickets": "Tickets and holds",
    "feedback": "Feedback",
    "navigation": "Finding one's way",
    "data": "Tables and facts",
}
COLOURS = [
    *("bg", "surface", "sunken", "line", "line-strong", "text", "muted", "brand", "brand-soft", "volt"),
    *("ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "info", "info-soft"),
]


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label="Title", initial="Lisbon Jazz by the River")
    email = forms.EmailField(label="E-mail", help_text="Your tickets go here.")
    summary = forms.CharField(label="Summary", widget=forms.Textarea, required=False)
    zone = forms.ChoiceField(label="Time zone", choices=[("Europe/Lisbon", "Lisbon"), ("Europe/London", "London")])
    starts = forms.DateTimeField(label="Starts", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    kind = forms.ChoiceField(
        label="Where", choices=[("place", "At a venue"), ("online", "Online")], widget=forms.RadioSelect
    )
    cover = forms.FileField(label="Cover image", required=False, help_text="JPEG or PNG, at least 1200 × 630.")
    terms = forms.BooleanField(label="I have read what refunds look like")


@dataclass
class SampleEvent:
    """What an event card reads, without a database."""

    pk: str
    title: str
    place: str
    zone: str
    state: str
    label: str
    free: int | None = None
    capacity: int | None = None
    price_from: str = "From €12.00"
    summary: str = ""
    category: str = "music"
    cover_url: str = ""
    starts_at: datetime = field(default_factory=lambda: datetime(2026, 6, 13, 19, 0, tzinfo=UTC))

    @property
    def local_start(self) -> datetime:
        """The start in the event's own zone."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def availability(self) -> SimpleNamespace:
        """State, words and numbers, as the real event gives them."""
        return SimpleNamespace(state=self.state, label=self.label, free=self.free, capacity=self.capacity)

    def get_absolute_url(self) -> str:
        """Nowhere: it is a sample."""
        return "#events"

    def get_category_display(self) -> str:
        """The category's words."""
        return self.category.capitalize()


@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    """Every component, light beside dark. 404 for everybody else in production."""
    if settings.ENVIRONMENT == "production" and not request.user.is_staff:
        raise Http404
    page = {"sections": SECTIONS, "themes": [_theme(name) for name in ("light", "dark")]}
    return render(request, "style/page.html", page)


def _theme(name: str) -> dict[str, object]:
    """The sample data of one theme; ids carry its name, so that both fit on one page."""
    now = timezone.now()
    wrong = SampleForm({"title": "", "email": "ada@", "zone": "Europe/Lisbon"}, auto_id=f"{name}_wrong_%s")
    return {
        "name": name,
        "colours": COLOURS,
        "form": SampleForm(auto_id=f"{name}_%s"),
        "wrong": wrong,
        "events": _events(name),
        "page": Paginator(range(60), 12).page(2),
        "now": now,
        "until": now + timedelta(minutes=9, seconds=41),
        "qr": mark_safe(segno.make("EVENTLY STYLE PAGE", error="m").svg_inline(border=4, omitsize=True)),  # noqa: S308  # our own constant
        "chips": [
            ("tonight", "Tonight", 4),
            ("weekend", "This weekend", 12),
            ("free", "Free", 7),
            ("online", "Online", ""),
        ],
    }


def _events(theme: str) -> list[SampleEvent]:
    cover = static("img/style/cover.svg")
    river = "Nine bands, two stages and the last ferry home. Bring a jumper."
    return [
        SampleEvent(
            f"{theme}-1",
            "Lisbon Jazz by the River",
            "Lisbon",
            "Europe/Lisbon",
            "open",
            "46 left",
            46,
            120,
            summary=river,
            cover_url=cover,
        ),
        SampleEvent(
            f"{theme}-2",
            "Letterpress for Beginners",
            "Glasgow",
            "Europe/London",
            "few",
            "Few left: 3",
            3,
            24,
            price_from="£38.00",
            category="workshop",
            summary="Set a line of type and pull your own print.",
        ),
        SampleEvent(
            f"{theme}-3",
            "Django Monthly",
            "Online",
            "Europe/Berlin",
            "sold_out",
            "Sold out",
            0,
            300,
            price_from="Free",
            category="meetup",
        ),
        SampleEvent(
            f"{theme}-4",
            "An Evening of Very Long Titles and the People Who Insist on Writing Them",
            "New York",
            "America/New_York",
            "cancelled",
            "Cancelled",
            price_from="",
            category="talk",
            cover_url=cover,
        ),
    ]
