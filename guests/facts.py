"""What the guests app announces, to itself."""

from core.facts import fact

job_due = fact("job_due")  # a job over many guests is to begin, or has more of them
