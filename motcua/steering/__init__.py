"""Steering: directives become owned, dated, evidenced work (chỉ đạo, điều hành)."""
