"""What an organiser sees first: how sales go, what is next, what needs attention, what is still to be set up."""
