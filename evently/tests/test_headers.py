import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nowhere", "/events/%00", "/api/events", "/account/login/"])
def test_every_answer_says_what_a_browser_may_do_with_it(client, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
