"""A package, so that one Chromium serves all the files."""
