"""The published weights of the models: what is on this machine, and `python -m gpu_worker.weights` to fetch more."""

from gpu_worker.weights.directory import MODEL, default_directory, find, instructions

__all__ = ["MODEL", "default_directory", "find", "instructions"]
