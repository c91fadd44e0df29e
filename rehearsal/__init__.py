"""Virtual buyers: what a rush does to an installation, tried before the real one comes."""
