"""Database A: results frameworks as data, KPIs bound to published series, how far the region and each state is.

A framework is a document in editions (draft, then approved by another person under a decision); what is approved never
changes, so any past scorecard can be shown again. Figures come through `releases.queries` and from nowhere else:
nothing here stores one. Who does what about a KPI is no business of this room (`programme`), nor are its public pages
(`portal`).
"""
