"""Tell what a picture stands on, with Pillow alone: the process that decodes strangers' files has no NumPy."""
