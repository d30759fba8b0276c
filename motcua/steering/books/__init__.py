"""Books described as data, kept by one mechanism (các sổ theo dõi)."""
