"""Signing up and in by API, as tests do."""

import base64
import json
import threading

from django.db import connection

from tests.api import Api
from tests.factories import PASSWORD

NEW = {"email": "new@example.org", "password": "a long enough secret", "name": "Nora Nový"}


def register(**changes):
    return Api().send("POST", "/api/auth/register", {**NEW, **changes})


def login(user, password=PASSWORD, **headers):
    return Api().send("POST", "/api/auth/login", {"email": user.email, "password": password}, **headers)


def refresh(token):
    return Api().send("POST", "/api/auth/refresh", {"refresh": token})


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def at_once(times, call):
    """Results of calls made at the same moment, each over a connection of its own."""
    barrier, results = threading.Barrier(times), []

    def run():
        barrier.wait(10)
        try:
            results.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
