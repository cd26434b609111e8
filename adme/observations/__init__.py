"""The store: series, observations and their revisions, each true in public for an interval of release instants.

Everything leans on this room. It is append-only, moved in bulk, and knows the words of `structures` but neither who
submitted a number (a delivery says where it came from) nor what a release is called: it knows release instants.
Drafts are not here: they live with their submission until approved. Faces never read here; they ask `releases`.
"""
