"""SDMX-ML structure messages 2.1, 3.0 and 3.1.

Method: SDMX-ML schemas of each version. The versions differ in how one artefact refers to another (2.1 by a `Ref`
element, later ones by URN), in how attributes are attached, and in names of a few elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar
from xml.sax.saxutils import escape, quoteattr

from adme.lib.sdmx_messages import xml_documents as documents
from adme.lib.sdmx_messages.artefacts import (
    Agreement,
    Allowed,
    Artefact,
    Artefacts,
    Categorisation,
    ComponentUse,
    Constraint,
    Extension,
    Flow,
    Item,
    ItemScheme,
    Member,
    Structure,
    Text,
)
from adme.lib.sdmx_messages.xml_data import Envelope

A = TypeVar("A", bound=Artefact)
Version = Literal["2.1", "3.0", "3.1"]

MEDIA_TYPES = {
    "2.1": "application/vnd.sdmx.structure+xml;version=2.1",
    "3.0": "application/vnd.sdmx.structure+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.structure+xml;version=3.1.0",
}
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas"
_PATH = {"2.1": "v2_1", "3.0": "v3_0", "3.1": "v3_1"}
_ELEMENTS = {
    "codelist": ("Codelist", "Code"),
    "conceptscheme": ("ConceptScheme", "Concept"),
    "categoryscheme": ("CategoryScheme", "Category"),
    "agencyscheme": ("AgencyScheme", "Agency"),
    "dataproviderscheme": ("DataProviderScheme", "DataProvider"),
    "valuelist": ("ValueList", "ValueItem"),
}


def write_structures(artefacts: Artefacts, envelope: Envelope, *, version: Version = "3.0") -> bytes:
    """The whole message."""
    base = f"{_BASE}/{_PATH[version]}"
    spaces = f'xmlns:mes="{base}/message" xmlns:str="{base}/structure" xmlns:com="{base}/common"'
    header = (
        f"<mes:Header><mes:ID>{escape(envelope.message_id)}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{envelope.prepared}</mes:Prepared><mes:Sender id={quoteattr(envelope.sender)}/></mes:Header>"
    )
    body = "".join(_body_21(artefacts) if version == "2.1" else _body_3(artefacts, version))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure {spaces}>{header}'
        f"<mes:Structures>{body}</mes:Structures></mes:Structure>"
    ).encode()


def _body_21(artefacts: Artefacts) -> Iterator[str]:
    """The order of members that the 2.1 schema prescribes."""
    organisations = [*artefacts.of_kind("agencyscheme"), *artefacts.of_kind("dataproviderscheme")]
    yield _wrapped("OrganisationSchemes", [_scheme(scheme, "2.1") for scheme in organisations])
    yield _wrapped("Dataflows", [_flow(flow, "2.1") for flow in artefacts.flows])
    yield _wrapped("CategorySchemes", [_scheme(scheme, "2.1") for scheme in artefacts.of_kind("categoryscheme")])
    yield _wrapped("Categorisations", [_categorisation(one, "2.1") for one in artefacts.categorisations])
    yield _wrapped("Codelists", [_scheme(scheme, "2.1") for scheme in artefacts.of_kind("codelist")])
    yield _wrapped("Concepts", [_scheme(scheme, "2.1") for scheme in artefacts.of_kind("conceptscheme")])
    yield _wrapped("DataStructures", [_structure(structure, "2.1") for structure in artefacts.structures])
    constraints = [_constraint(constraint, "2.1") for constraint in artefacts.constraints]
    yield _wrapped("Constraints", [*constraints, *(_allowed(one, "2.1") for one in artefacts.allowed)])
    yield _wrapped("ProvisionAgreements", [_agreement(one, "2.1") for one in artefacts.agreements])


def _body_3(artefacts: Artefacts, version: Version) -> Iterator[str]:
    """The order of members that the 3.x schemas prescribe: by name."""
    yield _wrapped("AgencySchemes", [_scheme(one, version) for one in artefacts.of_kind("agencyscheme")])
    if version == "3.1":
        yield _wrapped("AvailabilityConstraints", [_availability(one) for one in artefacts.constraints])
    yield _wrapped("Categorisations", [_categorisation(one, version) for one in artefacts.categorisations])
    yield _wrapped("CategorySchemes", [_scheme(one, version) for one in artefacts.of_kind("categoryscheme")])
    yield _wrapped("Codelists", [_scheme(one, version) for one in artefacts.of_kind("codelist")])
    yield _wrapped("ConceptSchemes", [_scheme(one, version) for one in artefacts.of_kind("conceptscheme")])
    constraints = [_constraint(one, version) for one in artefacts.constraints] if version == "3.0" else []
    yield _wrapped("DataConstraints", [*constraints, *(_allowed(one, version) for one in artefacts.allowed)])
    yield _wrapped("Dataflows", [_flow(flow, version) for flow in artefacts.flows])
    yield _wrapped("DataProviderSchemes", [_scheme(one, version) for one in artefacts.of_kind("dataproviderscheme")])
    yield _wrapped("DataStructures", [_structure(structure, version) for structure in artefacts.structures])
    yield _wrapped("Hierarchies", [_document(documents.hierarchy, one, version) for one in artefacts.hierarchies])
    yield _wrapped("ProvisionAgreements", [_agreement(one, version) for one in artefacts.agreements])
    maps = [_document(documents.representation_map, one, version) for one in artefacts.representation_maps]
    yield _wrapped("RepresentationMaps", maps)
    yield _wrapped(
        "StructureMaps", [_document(documents.structure_map, one, version) for one in artefacts.structure_maps]
    )
    yield _wrapped("ValueLists", [_scheme(one, version) for one in artefacts.of_kind("valuelist")])


def _wrapped(member: str, parts: list[str]) -> str:
    return f"<str:{member}>{''.join(parts)}</str:{member}>" if parts else ""


# --- names and references ---------------------------------------------------------------------------


def _texts(thing: Item | Artefact) -> str:
    names = thing.name or {"en": thing.id}
    return _in_languages("Name", names) + _in_languages("Description", thing.description)


def _in_languages(element: str, text: Text) -> str:
    return "".join(
        f"<com:{element} xml:lang={quoteattr(language)}>{escape(words)}</com:{element}>"
        for language, words in text.items()
        if words
    )


def _identity(artefact: Artefact, version: Version) -> str:
    """Schemes of organisations and categorisations have the version 1.0 and are never final; from 3.0 on they do not
    say so."""
    organisations = artefact.kind in ("agencyscheme", "dataproviderscheme", "categorisation")
    numbered = "" if organisations and version != "2.1" else f" version={quoteattr(artefact.version)}"
    final = ' isFinal="true"' if version == "2.1" and not organisations else ""
    stub = f' isExternalReference="true" structureURL={quoteattr(artefact.stub_of)}' if artefact.stub_of else ""
    return (
        f"urn={quoteattr(_urn(artefact.urn, version))} agencyID={quoteattr(artefact.agency)} "
        f"id={quoteattr(artefact.id)}{numbered}{final}{stub}"
    )


def _urn(urn: str, version: Version) -> str:
    """2.1 calls a data constraint a content constraint."""
    return urn.replace(".DataConstraint=", ".ContentConstraint=") if version == "2.1" else urn


def _reference(urn: str, version: Version) -> str:
    """A reference to another artefact or item, by the means of the version."""
    if version != "2.1":
        return escape(urn)
    path, _, name = urn.rpartition("=")
    package, _, kind = path.removeprefix("urn:sdmx:org.sdmx.infomodel.").rpartition(".")
    agency, _, rest = name.partition(":")
    artefact, _, tail = rest.partition("(")
    number, _, item = tail.partition(")")
    parent = f"maintainableParentID={quoteattr(artefact)} maintainableParentVersion={quoteattr(number)} "
    identity = f"{parent}id={quoteattr(item[1:])}" if item else f"id={quoteattr(artefact)} version={quoteattr(number)}"
    return f'<Ref agencyID={quoteattr(agency)} {identity} package="{package}" class="{kind}"/>'


# --- item schemes and flows ---------------------------------------------------------------------------


def _scheme(scheme: ItemScheme, version: Version) -> str:
    element, item_element = _ELEMENTS[scheme.kind]
    partial = ' isPartial="true"' if scheme.partial else ""
    if scheme.kind == "categoryscheme":
        items = "".join(_category(scheme, item) for item in scheme.children.get("", ()))
    else:
        items = "".join(_item(scheme, item, item_element, version) for item in scheme.items)
        items += "".join(_extension(one) for one in scheme.extensions)
    return f"<str:{element} {_identity(scheme, version)}{partial}>{_texts(scheme)}{items}</str:{element}>"


def _extension(told: Extension) -> str:
    """From where else a code list takes codes. 2.1 has no words for it: lists have all their codes there."""
    prefix = f" prefix={quoteattr(told.prefix)}" if told.prefix else ""
    members = "".join(f"<str:MemberValue{_cascade(one)}>{escape(one.value)}</str:MemberValue>" for one in told.members)
    selection = "InclusiveCodeSelection" if told.include else "ExclusiveCodeSelection"
    selected = f"<str:{selection}>{members}</str:{selection}>" if members else ""
    listed = f"<str:Codelist>{escape(told.code_list)}</str:Codelist>"
    return f"<str:CodelistExtension{prefix}>{listed}{selected}</str:CodelistExtension>"


def _cascade(member: Member) -> str:
    return f' cascadeValues="{member.cascade}"' if member.cascade else ""


def _item(scheme: ItemScheme, item: Item, element: str, version: Version) -> str:
    parent = ""
    # The 3.0 schema takes only a name that begins with a letter here (mended in 3.1); a number as parent is left out,
    # since a message that does not validate helps nobody.
    if item.parent and (version != "3.0" or item.parent[0].isalpha()):
        within = f"<Ref id={quoteattr(item.parent)}/>" if version == "2.1" else escape(item.parent)
        parent = f"<str:Parent>{within}</str:Parent>"
    identity = f"id={quoteattr(item.id)}"
    if scheme.kind == "valuelist":  # whose items are values and have no URN
        return f"<str:{element} {identity}>{_texts(item)}</str:{element}>"
    identity = f"urn={quoteattr(scheme.item_urn(item))} {identity}"
    return f"<str:{element} {identity}>{_marks(item)}{_texts(item)}{parent}</str:{element}>"


def _marks(item: Item) -> str:
    """What is said of an item in annotations."""
    told = "".join(
        f"<com:Annotation><com:AnnotationTitle>{escape(title)}</com:AnnotationTitle>"
        f"<com:AnnotationType>{kind}</com:AnnotationType></com:Annotation>"
        for kind, title in item.marks.items()
    )
    return f"<com:Annotations>{told}</com:Annotations>" if told else ""


def _category(scheme: ItemScheme, item: Item) -> str:
    """A category with those below it inside."""
    below = "".join(_category(scheme, one) for one in scheme.children.get(item.id, ()))
    identity = f"urn={quoteattr(scheme.item_urn(item))} id={quoteattr(item.id)}"
    return f"<str:Category {identity}>{_texts(item)}{below}</str:Category>"


def _flow(flow: Flow, version: Version) -> str:
    return _linked("Dataflow", flow, version, {"Structure": flow.structure})


def _agreement(agreement: Agreement, version: Version) -> str:
    usage = "StructureUsage" if version == "2.1" else "Dataflow"
    links = {usage: agreement.dataflow, "DataProvider": agreement.provider}
    return _linked("ProvisionAgreement", agreement, version, links)


def _categorisation(one: Categorisation, version: Version) -> str:
    return _linked("Categorisation", one, version, {"Source": one.source, "Target": one.target})


def _linked(element: str, artefact: Artefact, version: Version, links: dict[str, str]) -> str:
    """An artefact that is nothing but its names and its links to others."""
    inside = "".join(f"<str:{name}>{_reference(urn, version)}</str:{name}>" for name, urn in links.items() if urn)
    return f"<str:{element} {_identity(artefact, version)}>{_texts(artefact)}{inside}</str:{element}>"


def _document(write: Callable[[A, str, str], str], artefact: A, version: Version) -> str:
    return write(artefact, _identity(artefact, version), _texts(artefact))


def _allowed(constraint: Allowed, version: Version) -> str:
    """What may be delivered; 3.1 has no role any more, as what there is has an element of its own."""
    element = "ContentConstraint" if version == "2.1" else "DataConstraint"
    role = {"2.1": ' type="Allowed"', "3.0": ' role="Allowed"', "3.1": ""}[version]
    references = [_reference(urn, version) for urn in constraint.attached]
    inside = documents.attachments(constraint, references)
    inside += "".join(documents.region(one, version) for one in constraint.regions)
    return f"<str:{element} {_identity(constraint, version)}{role}>{_texts(constraint)}{inside}</str:{element}>"


# --- data structures ----------------------------------------------------------------------------------


def _structure(structure: Structure, version: Version) -> str:
    if structure.stub_of:
        return _linked("DataStructure", structure, version, {})
    dimensions = "".join(
        _component("Dimension", one, version, f' position="{place}"')
        for place, one in enumerate(structure.having("dimension"), start=1)
    )
    times = "".join(_time_dimension(one, version, structure) for one in structure.having("time"))
    attributes = "".join(_attribute(one, structure, version) for one in structure.having("attribute"))
    listed = f'<str:AttributeList id="AttributeDescriptor">{attributes}</str:AttributeList>' if attributes else ""
    return (
        f"<str:DataStructure {_identity(structure, version)}>{_texts(structure)}<str:DataStructureComponents>"
        f'<str:DimensionList id="DimensionDescriptor">{dimensions}{times}</str:DimensionList>'
        f"{listed}{_measures(structure, version)}"
        f"</str:DataStructureComponents></str:DataStructure>"
    )


def _component(element: str, component: ComponentUse, version: Version, more: str = "", inside: str = "") -> str:
    representation = '<str:TextFormat textType="String"/>'
    if component.code_list:
        representation = f"<str:Enumeration>{_reference(component.code_list, version)}</str:Enumeration>"
    return (
        f"<str:{element} id={quoteattr(component.id)}{more}>"
        f"<str:ConceptIdentity>{_reference(component.concept, version)}</str:ConceptIdentity>"
        f"<str:LocalRepresentation>{representation}</str:LocalRepresentation>{inside}</str:{element}>"
    )


def _time_dimension(component: ComponentUse, version: Version, structure: Structure) -> str:
    place = len(structure.having("dimension")) + 1
    position = f' position="{place}"' if version == "2.1" else ""
    return (
        f"<str:TimeDimension id={quoteattr(component.id)}{position}>"
        f"<str:ConceptIdentity>{_reference(component.concept, version)}</str:ConceptIdentity>"
        f'<str:LocalRepresentation><str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation>'
        f"</str:TimeDimension>"
    )


def _measures(structure: Structure, version: Version) -> str:
    measures = structure.having("measure")
    if version == "2.1":
        inside = "".join(_component("PrimaryMeasure", one, version) for one in measures)
    else:
        inside = "".join(_component("Measure", one, version, f' usage="{_usage(one)}"') for one in measures)
    return f'<str:MeasureList id="MeasureDescriptor">{inside}</str:MeasureList>'


def _usage(component: ComponentUse) -> str:
    return "mandatory" if component.required else "optional"


def _attribute(component: ComponentUse, structure: Structure, version: Version) -> str:
    if version == "2.1":
        status = "Mandatory" if component.required else "Conditional"
        more = f' assignmentStatus="{status}"'
        related = "".join(
            f"<str:Dimension><Ref id={quoteattr(one.id)}/></str:Dimension>" for one in structure.having("dimension")
        )
        observed = "".join(
            f"<str:PrimaryMeasure><Ref id={quoteattr(one.id)}/></str:PrimaryMeasure>"
            for one in structure.having("measure")
        )
    else:
        more = f' usage="{_usage(component)}"'
        related = "".join(f"<str:Dimension>{escape(one.id)}</str:Dimension>" for one in structure.having("dimension"))
        observed = "<str:Observation/>"
    relation = related if component.of_series else observed
    inside = f"<str:AttributeRelationship>{relation}</str:AttributeRelationship>"
    return _component("Attribute", component, version, more, inside)


# --- availability ---------------------------------------------------------------------------------------


def _constraint(constraint: Constraint, version: Version) -> str:
    """What is available, as 2.1 and 3.0 say it: a maintainable constraint."""
    element, role = ("ContentConstraint", "type") if version == "2.1" else ("DataConstraint", "role")
    if constraint.stub_of:
        return f'<str:{element} {_identity(constraint, version)} {role}="Actual">{_texts(constraint)}</str:{element}>'
    annotation = (
        '<com:Annotations><com:Annotation id="series_count">'
        f"<com:AnnotationTitle>{constraint.series}</com:AnnotationTitle>"
        "<com:AnnotationType>sdmx_metrics</com:AnnotationType></com:Annotation></com:Annotations>"
    )
    return (
        f'<str:{element} {_identity(constraint, version)} {role}="Actual">{annotation}{_texts(constraint)}'
        f"{_region(constraint, version)}</str:{element}>"
    )


def _availability(constraint: Constraint) -> str:
    """The same as 3.1 says it: an answer without a name of its own."""
    return (
        f'<str:AvailabilityConstraint seriesCount="{constraint.series}">'
        f"{_region(constraint, '3.1')}</str:AvailabilityConstraint>"
    )


def _region(constraint: Constraint, version: Version) -> str:
    keys = "".join(_key_values(name, codes, version) for name, codes in constraint.values.items())
    if constraint.first_period:
        keys += _time_range(constraint, version)
    return (
        f"<str:ConstraintAttachment><str:Dataflow>{_reference(constraint.dataflow, version)}</str:Dataflow>"
        f'</str:ConstraintAttachment><str:CubeRegion include="true">{keys}</str:CubeRegion>'
    )


def _key_values(name: str, codes: tuple[str, ...], version: Version) -> str:
    space = "com" if version == "2.1" else "str"
    values = "".join(f"<{space}:Value>{escape(code)}</{space}:Value>" for code in codes)
    return f"<{space}:KeyValue id={quoteattr(name)}>{values}</{space}:KeyValue>"


def _time_range(constraint: Constraint, version: Version) -> str:
    space = "com" if version == "2.1" else "str"
    return (
        f"<{space}:KeyValue id={quoteattr(constraint.time)}><{space}:TimeRange>"
        f'<{space}:StartPeriod isInclusive="true">{constraint.first_period}</{space}:StartPeriod>'
        f'<{space}:EndPeriod isInclusive="true">{constraint.last_period}</{space}:EndPeriod>'
        f"</{space}:TimeRange></{space}:KeyValue>"
    )
