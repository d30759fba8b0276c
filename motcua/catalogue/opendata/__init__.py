"""The catalogue for machines: JSON-LD in CPSV-AP 3.2.0, JSON lines and CSV (dữ liệu mở). docs/open-data.md."""
