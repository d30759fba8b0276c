"""The law as a pure library: facts, calendar, clock, process, indicators and dated packs.

Imports the standard library, PyYAML and `holidays`, nothing else: no database, no web, no clock of its own.
"""
