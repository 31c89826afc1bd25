"""Readers of a platform checkout: Dockerfile, build context, documents, workflow, git."""
