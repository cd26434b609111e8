"""A dataflow that the made-up files fit, the mapping that reads them, and somebody who may load them."""

from __future__ import annotations

from adme.accounts.models import Grant, User
from adme.accounts.roles import Role
from adme.lib.tabular.dialect import Dialect
from adme.structures.mapping import Column, Kind, MappingDeclaration
from adme.structures.models import (
    Code,
    CodeList,
    Component,
    Concept,
    ConceptScheme,
    Dataflow,
    DataProvider,
    DataStructure,
)
from benchmarks import files


def make_flow(rows: int, name: str) -> Dataflow:
    """A dataflow that the file fits."""
    scheme, _ = ConceptScheme.objects.get_or_create(agency="BENCH", artefact_id="CS")
    structure = DataStructure.objects.create(agency="BENCH", artefact_id=f"DSD_{name}")
    coded: list[tuple[str, str, list[str] | None]]
    coded = [(key, "dimension", values) for key, values in files.codes(rows).items()]
    coded += [("TIME_PERIOD", "time", None), ("OBS_VALUE", "measure", None)]
    coded += [(key, "attribute", values) for key, values in files.ATTRIBUTES.items()]
    for position, (component, role, values) in enumerate(coded, start=1):
        concept, _ = Concept.objects.get_or_create(scheme=scheme, concept_id=component)
        code_list = None
        if values is not None:
            code_list, made = CodeList.objects.get_or_create(
                agency="BENCH", artefact_id=f"CL_{component}_{len(values)}"
            )
            if made:
                Code.objects.bulk_create(Code(code_list=code_list, code_id=code) for code in values)
        Component.objects.create(
            data_structure=structure,
            component_id=component,
            concept=concept,
            role=role,
            position=position,
            code_list=code_list,
            attachment="observation" if role == "attribute" else "",
        )
    provider, _ = DataProvider.objects.get_or_create(agency="BENCH", provider_id="BENCH")
    return Dataflow.objects.create(
        agency="BENCH",
        artefact_id=name,
        data_structure=structure,
        provider=provider,
        indicator_dimension="INDICATOR",
        area_dimension="REF_AREA",
    )


def declaration() -> MappingDeclaration:
    """What each column of the file is."""
    kinds = {"TIME_PERIOD": Kind.TIME, "OBS_VALUE": Kind.VALUE}
    columns = [Column(name, Kind.DIMENSION, target=name) for name in files.SIZES]
    columns += [Column(name, kind) for name, kind in kinds.items()]
    columns += [Column(name, Kind.ATTRIBUTE, target=name) for name in files.ATTRIBUTES]
    dialect = Dialect(encoding="utf-8", separator=",", decimal=".")
    return MappingDeclaration(dialect=dialect, columns=tuple(columns))


def loader() -> User:
    """Somebody who may do all of it alone."""
    user, made = User.objects.get_or_create(username="bench")
    if made:
        Grant.objects.create(user=user, role=Role.LOADER)
    return user
