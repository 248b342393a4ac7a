"""The main window, its rows and dialogs, and its menus."""
