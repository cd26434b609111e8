"""How numbers come in: received files, mappings at work, submissions, findings, review, approval, corrections.

A file is kept as received and never edited. A submission holds its draft rows until it is approved; approval and
release push them down to `observations` and `releases`. Pages of the workspace for this work live here.
"""
