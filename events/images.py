"""Uploaded pictures: checked, turned upright, shrunk and written anew, so nothing but pixels is kept."""

import warnings
from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from core.errors import Invalid

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000  # a 40-megapixel photo; a decompression bomb has more
MAX_SIZE = (1600, 1200)
FORMATS = ["JPEG", "PNG", "WEBP"]


def clean_image(upload: UploadedFile) -> ContentFile:
    """The picture as WebP of at most 1600 × 1200 without metadata. Raises Invalid for anything else."""
    if upload.size is None or upload.size > MAX_BYTES:
        raise Invalid({"image": [f"At most {MAX_BYTES // 1024 // 1024} MB."]})
    picture = _open(upload)
    picture.thumbnail(MAX_SIZE)
    out = BytesIO()
    picture.convert("RGB").save(out, "WEBP", quality=82)
    return ContentFile(out.getvalue(), name=f"{uuid4().hex}.webp")


def _open(upload: UploadedFile) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise Invalid({"image": [f"At most {MAX_PIXELS // 1_000_000} megapixels."]})
            return ImageOps.exif_transpose(picture)
    except Invalid:
        raise
    except Exception as error:  # Pillow raises many kinds for files that are not pictures
        raise Invalid({"image": ["This is not a JPEG, PNG or WebP picture that can be read."]}) from error
