from django.test import override_settings

from tests.factories import make_user


def test_the_style_page_needs_no_database(client):
    assert client.get("/style").status_code == 200


@override_settings(ENVIRONMENT="production")
def test_in_production_it_is_for_staff_only(client, db):
    assert client.get("/style").status_code == 404

    client.force_login(make_user(is_staff=True))

    assert client.get("/style").status_code == 200
