"""Figures anybody may take: monthly files, small counts withheld, a DCAT catalogue (dữ liệu mở)."""
