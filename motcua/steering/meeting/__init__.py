"""The pack of a meeting: what a unit or the province has to look at and decide on a day (tài liệu họp).

`tasks` and `figures` each write a part from what the other pages count, `gathering` puts them in order. Every table is
bounded and says how many more there are, and where.
"""
