"""What `make` runs on a developer's machine: servers, secrets, checks. Never imported by the product."""
