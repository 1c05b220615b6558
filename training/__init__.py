"""Trains the models of the repository and writes their files."""
