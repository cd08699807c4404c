"""The main window and what belongs to it: menus, tabs, palette, search, messages, running."""
