from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from events import operations
from tests.factories import event_input, make_event, owner_of

pytestmark = pytest.mark.django_db


class WatchedUpload(SimpleUploadedFile):
    """A picture that notes which statements had run when it was first read."""

    def watch(self, queries: CaptureQueriesContext) -> None:
        self.queries, self.seen = queries, None

    def read(self, *args):
        if self.seen is None:
            self.seen = [query["sql"].split()[0] for query in self.queries.captured_queries]
        return super().read(*args)


@pytest.fixture
def upload(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    return WatchedUpload("poster.png", picture.getvalue())


def test_a_picture_is_decoded_before_a_row_is_locked_that_bookings_wait_for(upload):
    event = make_event()
    data = event_input(title=event.title, image=upload)
    with CaptureQueriesContext(connection) as queries:
        upload.watch(queries)
        edited = operations.edit_event(
            event=event, data=data, version=event.version, by=owner_of(event.organizer), now=timezone.now()
        )
    assert edited.image.name.endswith(".webp")
    assert "UPDATE" not in upload.seen
    assert "UPDATE" in [query["sql"].split()[0] for query in queries.captured_queries]
