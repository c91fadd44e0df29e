"""The API's addresses: no trailing slashes, one door per operation."""

from django.urls import path

urlpatterns: list = []
