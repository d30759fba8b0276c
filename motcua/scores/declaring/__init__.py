"""Figures nobody can compute here, declared by whoever answers for them, with evidence (số liệu kê khai)."""
