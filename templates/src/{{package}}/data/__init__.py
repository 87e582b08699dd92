"""The data that the package reads: is it as it was, and where can a copy be kept?

`data_record.json` says what the data was like, `data_thresholds.json` how far it may
move. The commands are `data check`, `data snapshot`, `data restore` and `data record`.
"""
