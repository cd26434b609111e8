"""What is measured: the register of indicators with title, definition, unit, source, licence and method, by topic.

An indicator is one code of a dataflow's indicator dimension. Texts are multilingual. No values live here.
"""
