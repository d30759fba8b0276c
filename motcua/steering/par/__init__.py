"""The index of administrative reform within the province: sets of criteria, rounds, sheets (Chỉ số CCHC)."""
