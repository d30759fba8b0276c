"""Indicators beside the index set 766, with their targets: on time, digitised, online, satisfied (chỉ số khác)."""
