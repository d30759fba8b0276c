"""The report forms of circular 01/2020/TT-VPCP: computed, shown with the rows behind them, frozen when sent (báo cáo).

What the columns are and which rows they hold is dated data (`law/packs/reports.yaml`); this package fills them.
"""
