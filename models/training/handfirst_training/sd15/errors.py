"""The one error that the commands of this package show to a user."""


class ExportError(Exception):
    """One sentence: what is wrong, where, and what to do."""
