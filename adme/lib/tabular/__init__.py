"""Tables coming in: strangers' files (CSV, TSV, XLSX), read exactly or refused with a plain sentence.

`reading` is the door: `sniff`, `read_table`, `iter_table`. Everything that touches a stranger's bytes runs in a limited
child process (`adme.lib.sandbox`), entered through `child`; what runs there imports as little as possible. What the
columns mean is said elsewhere (`adme.structures`).
"""
