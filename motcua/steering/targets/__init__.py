"""Targets: what a unit must reach in a year, where that is written, and how far it is (chỉ tiêu)."""
