"""Pictures that people upload: small files that unpack to gigabytes, and what only calls itself a picture."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.errors import Invalid
from events.images import MAX_PIXELS, clean_image


def upload(content: bytes, name: str = "cover.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def png(width: int, height: int) -> bytes:
    """One that says it is so large: a few hundred bytes, whatever it would unpack to."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(100_000))), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(("width", "height"), [(8000, 6000), (30_000, 30_000), (2**31 - 1, 2**31 - 1), (MAX_PIXELS, 2)])
def test_a_picture_that_would_unpack_to_too_much_is_refused_unread(width, height):
    with pytest.raises(Invalid) as refusal:
        clean_image(upload(png(width, height)))
    assert list(refusal.value.errors) == ["image"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*\x00\x01\x00*/=1;alert(1)",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["empty", "svg", "html", "gif-and-script", "half-a-png", "pdf", "eps"],
)
def test_what_only_calls_itself_a_picture_is_refused(content):
    with pytest.raises(Invalid):
        clean_image(upload(content))


def test_nothing_but_pixels_is_kept():
    said, out = Image.Exif(), BytesIO()
    said[0x010E] = "<script>alert(1)</script>, taken at home"
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=said)
    kept = clean_image(upload(out.getvalue() + b"<script>alert(2)</script>", "../../../etc/cron.d/x.php"))
    assert (kept.name or "").endswith(".webp") and "/" not in (kept.name or "")
    content = kept.read()
    assert b"script" not in content
    with Image.open(BytesIO(content)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", (40, 30), {})
