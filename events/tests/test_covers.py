"""Covers and share images: drawn or uploaded, and kept by caches for as long as they are true."""

from io import BytesIO
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.covers import cover_svg, cover_url, cover_version
from events.models import Category, Event
from events.share_image import draw_share_image, share_version
from tests.factories import make_draft, make_event, make_team, owner_of

SVG = "{http://www.w3.org/2000/svg}"


def picture(colour: str = "red") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 32), colour).save(out, "PNG")
    return SimpleUploadedFile("x.png", out.getvalue())


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.mark.parametrize("category", Category.values)
@pytest.mark.parametrize("number", range(8))
def test_every_event_gets_art_of_shapes_alone(category, number):
    drawing = cover_svg(Event(pk=UUID(int=number * 7919), category=category))
    tags = {element.tag for element in ElementTree.fromstring(drawing).iter()}  # noqa: S314  our own drawing
    assert tags <= {f"{SVG}{name}" for name in ("svg", "rect", "circle", "polygon", "polyline")}
    assert len(drawing) < 20_000


def test_art_follows_from_the_category_and_the_id():
    first, again, other = (Event(pk=UUID(int=number), category="social") for number in (1, 1, 2))
    assert cover_svg(first) == cover_svg(again)
    assert cover_svg(first) != cover_svg(other)
    assert cover_svg(first) != cover_svg(Event(pk=UUID(int=1), category="sports"))


@pytest.mark.django_db
def test_a_drawn_cover_is_kept_for_good_and_can_do_nothing(client):
    event = make_event()
    answer = client.get(cover_url(event))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" not in answer.get("Vary", "")
    assert client.get(cover_url(event), headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_a_cover_of_another_version_is_asked_for_again(client):
    event = make_event()
    for address in (cover_url(event)[:-1], cover_url(event).split("?")[0]):
        assert client.get(address)["Cache-Control"] == "public, no-cache"


@pytest.mark.django_db
def test_an_uploaded_picture_comes_through_the_same_door(client, media):
    event = make_event(image=picture())
    drawn = Event(pk=event.pk, category=event.category)
    answer = client.get(cover_url(event))
    assert answer["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).format == "WEBP"
    assert cover_version(event) != cover_version(drawn)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.django_db
def test_a_picture_that_is_gone_is_not_found(client, media):
    event = make_event(image=picture())
    event.image.storage.delete(event.image.name)
    assert client.get(cover_url(event)).status_code == 404


@pytest.mark.django_db
def test_pictures_of_drafts_are_for_their_team(client):
    draft = make_draft(make_team())
    for name in ("cover", "share.png", "calendar.ics"):
        assert client.get(f"/events/{draft.slug}/{name}").status_code == 404
        assert client.get(f"/events/nothing-there/{name}").status_code == 404
    client.force_login(owner_of(draft.organizer))
    assert client.get(cover_url(draft))["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["Jazz", "Very long " * 15, "x" * 160, "東京 ジャズ 🎷", "<b>&amp;</b>"])
def test_share_images_are_what_networks_ask_for(client, title):
    event = make_event(title=title)
    answer = client.get(f"/events/{event.slug}/share.png?v={share_version(event)}")
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.content) < 300_000
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.django_db
def test_a_share_image_shows_the_uploaded_picture(media):
    event = make_event(image=picture("#00ff00"))
    image = Image.open(BytesIO(draw_share_image(event))).convert("RGB")
    red, green, blue = image.getpixel((600, 100))
    assert green > 230
    assert max(red, blue) < 40


@pytest.mark.django_db
def test_a_share_image_changes_with_its_words_and_not_with_seats():
    event = make_event(title="One")
    version = share_version(event)
    event.inventory.claimed = 5
    assert share_version(event) == version
    event.title = "Two"
    assert share_version(event) != version


@pytest.mark.django_db
def test_a_share_image_is_drawn_once(client, monkeypatch):
    event = make_event()
    address = f"/events/{event.slug}/share.png"
    first = client.get(address)
    monkeypatch.setattr("events.documents.draw_share_image", None)
    assert client.get(address).content == first.content
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_letters_that_our_fonts_lack_are_left_out_of_share_images():
    latin, both = make_event(title="Night Ride"), make_event(title="Night Ride · 한강 🎷")
    both.pk, both.category, both.starts_at = latin.pk, latin.category, latin.starts_at
    assert draw_share_image(both) == draw_share_image(latin)
