"""Fixtures for every test. The servers come from `local.pytest_services`."""
