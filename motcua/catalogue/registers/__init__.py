"""Two registers with one way of working: internal procedures, and decentralisation (TTHC nội bộ, phân cấp).

`law.registers` says what may follow what and how shares are counted; `acts` write, each with its fact; `counting`
says which items a number is made of.
"""
