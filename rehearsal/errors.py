"""Why a rehearsal does not take place."""


class NoRehearsal(Exception):
    """The reason, as a sentence for whoever asked for it."""
