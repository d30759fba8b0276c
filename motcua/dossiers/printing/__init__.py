"""Statutory forms of a dossier as PDF: what each says (`forms`, `control`, `register`) and how it is set (`render`)."""
