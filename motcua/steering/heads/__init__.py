"""Heads of agencies: what each answers for, and the yearly grade (người đứng đầu)."""
