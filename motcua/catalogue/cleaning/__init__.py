"""Cleaning the catalogue: rules over every procedure, what they find, who mends it by when (làm sạch dữ liệu).

`rules/` holds one function for each rule; a new rule is one function there. `gathering` reads what they look at,
`sweeping` runs them all, `acts` keeps what was found.
"""
