"""Announcing: the register of instruments, decisions that announce procedures, their publication (công bố, công khai).

Imports nothing by itself, so that `catalogue.models` can take in what it keeps.
"""
