"""The editor: the only place that imports PySide6 or NodeGraphQt."""
