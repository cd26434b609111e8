"""Tables follow the same one-way rule as imports: a foreign key points down, or stays in its room."""

from __future__ import annotations

from django.apps import apps


def room_of(model) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "adme" else None


def test_foreign_keys_point_down(storeys):
    height = {room: -level for level, neighbours in enumerate(storeys) for room in neighbours}
    up = []
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model)
        for field in model._meta.get_fields():
            if room is None or not field.is_relation or not field.concrete or field.related_model is None:
                continue
            target = room_of(field.related_model)
            # Django's own tables (permissions, content types) lie below every room.
            if target not in (None, room) and height[target] >= height[room]:
                up.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")

    assert up == []


def test_nothing_points_by_generic_foreign_key():
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.private_fields
        if model.__module__.startswith("adme.")
    ]

    assert found == [], "a generic foreign key has no constraint and no join: let the owner point to the thing"
