"""The look of every page: tokens, components, template tags, static files. No rules, no models."""
