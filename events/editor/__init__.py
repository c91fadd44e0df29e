"""The organiser's editor: forms that turn what somebody typed into an `EventInput`."""

from events.editor.editor import Editor, row_numbers

__all__ = ["Editor", "row_numbers"]
