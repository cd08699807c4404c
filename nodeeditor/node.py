"""What a node author writes against.

    class Threshold(Node):
        '''Write one value where a comparison holds, another where it does not.'''

        input0 = Input(Image, "Any scalar image.")
        output0 = Output(Image, "Same geometry.")
        threshold: float = field(default=0.0, help="Compared with every voxel.")

        def describe(self, input0: ImageInfo) -> ImageInfo:
            return input0.with_range(0, 1)

        def compute(self, region: Region, input0: Image) -> Voxels:
            return (input0.voxels > self.threshold).astype(input0.info.dtype)

The class becomes a frozen dataclass: a configured node is a value. Three laws for authors: inputs are not written to,
the same inputs give the same output, and a node that changes the world says so (``effect = True``).
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from nodeeditor.errors import FieldError
from nodeeditor.fields import (
    Choice,
    Color,
    FieldType,
    FileName,
    Matrix,
    Trigger,
    TriggerType,
    Vector2,
    Vector3,
    Vector4,
    Vector6,
    field_type,
    file_spelling,
    title,
)
from nodeeditor.image import Extent, Image, ImageInfo, Region
from nodeeditor.kept import kept

__all__ = [
    "Choice",
    "Color",
    "Declaration",
    "FieldSpec",
    "FileName",
    "Input",
    "Matrix",
    "Node",
    "Output",
    "Pages",
    "Trigger",
    "Vector2",
    "Vector3",
    "Vector4",
    "Vector6",
    "field",
]

_KEY = "nodeeditor"
_QUESTIONS = ("open", "describe", "needs", "compute", "values", "warnings", "perform", "explain")


@dataclass
class Input:
    """An input connector: a class attribute of a node type.

    ``kind`` is the class of what flows in; an ``optional`` input may stay unconnected and is then None.
    """

    kind: type
    help: str
    optional: bool = False
    name: str = dataclasses.field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def file_name(self) -> str:
        """The name in files and on the canvas."""
        return file_spelling(self.name)


@dataclass
class Output:
    """An output connector: a class attribute of a node type; a ``hidden`` one is not drawn on the box."""

    kind: type
    help: str
    hidden: bool = False
    name: str = dataclasses.field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def file_name(self) -> str:
        """The name in files and on the canvas."""
        return file_spelling(self.name)


@dataclass(frozen=True)
class FieldSpec:
    """One declared field: where its panel widget, tooltip, file entry and reference come from."""

    name: str
    type: FieldType
    default: Any
    help: str
    unit: str = ""
    transient: bool = False
    read_only: bool = False
    lines: int = 1

    @kept
    def file_name(self) -> str:
        """The name in files: MeVisLab's."""
        return file_spelling(self.name)

    @property
    def title(self) -> str:
        """The label in a panel."""
        return title(self.file_name)

    @kept
    def persistent(self) -> bool:
        """Whether files keep the field's value."""
        return not self.read_only and not isinstance(self.type, TriggerType)

    def value(self, given: Any) -> Any:
        """The plain value of what JSON or a program gives; raises FieldError."""
        try:
            return self.type.value(given)
        except ValueError as error:
            raise FieldError(str(error), connector=self.file_name) from None

    def saved(self, value: Any) -> Any:
        """What files say for a value, in JSON."""
        return self.type.to_json(value)

    def from_text(self, text: str) -> Any:
        """The value that a text spells; raises FieldError."""
        try:
            return self.type.from_text(text)
        except ValueError as error:
            raise FieldError(str(error), connector=self.file_name) from None


def field(
    *,
    default: Any,
    help: str,  # noqa: A002
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    transient: bool = False,
    read_only: bool = False,
    lines: int = 1,
) -> Any:
    """Declare a field of a node type.

    ``transient`` is view state (slice, zoom): saved, but no reason to ask "save changes?"; a ``read_only`` field is
    filled by the node's `Node.values`, can be connected and is never saved. A text of several ``lines`` gets a box of
    that height in panels.
    """
    declared = {
        "help": help,
        "unit": unit,
        "minimum": minimum,
        "maximum": maximum,
        "transient": transient,
        "read_only": read_only,
        "lines": lines,
    }
    return dataclasses.field(default=default, kw_only=True, metadata={_KEY: declared})


M = TypeVar("M", Input, Output, FieldSpec)


@dataclass(frozen=True)
class Declaration:
    """Everything that a node type declares, keyed by the names in files."""

    type: str
    help: str
    subject: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    fields: Mapping[str, FieldSpec]
    parameters: Mapping[str, tuple[str, ...]]

    @kept
    def unconnected(self) -> Mapping[str, None]:
        """The inputs by their Python names, as methods get those that nothing is connected to."""
        return {connector.name: None for connector in self.inputs.values()}

    @kept
    def read_only(self) -> Sequence[FieldSpec]:
        """The fields that the node itself fills."""
        return [spec for spec in self.fields.values() if spec.read_only]

    @property
    def summary(self) -> str:
        """The first sentence of the help text."""
        return self.help.split("\n\n")[0].replace("\n", " ").strip()


class Pages(Protocol):
    """An image not yet computed: what an effect node gets for an input."""

    @property
    def info(self) -> ImageInfo:
        """What is known of the image."""
        ...

    def read(self, region: Region | None = None) -> Image:
        """The voxels of a region, or of the whole."""
        ...

    def __iter__(self) -> Iterator[Image]:
        """The whole image page by page, in order along t and z."""
        ...


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Node:
    """A node type; its instances are configured nodes, frozen and comparable.

    Methods take what they name: any declared input, ``region``, ``output`` (the name of the wanted output, for types
    with several) and ``opened`` (what `open` gave). Where `open`, `describe`, `needs`, `values` and `warnings` name an
    input they get its `ImageInfo`, `compute` gets an `Image`, `perform` gets `Pages`; an unconnected optional input is
    None. Where `needs` gives a tuple of regions for an input, `compute` gets a tuple of images, one for each. `explain`
    says in words how one voxel came about: of an input it gets the `Value` there, None outside of the image; it may
    also name ``result``, the voxel's own value, and ``infos``, the `ImageInfo` of the connected inputs by name.

    A class made with ``abstract=True`` is a base for node types and none itself; ``composed`` marks what MeVisLab makes
    of several modules, such as loaders and viewers, and the canvas draws in another colour; ``subject`` is the heading
    under which a type is listed, if that is not the name of its module; ``saves`` names the field that holds the file,
    in a node type that writes any image.
    """

    declaration: ClassVar[Declaration]
    abstract: ClassVar[bool] = True
    effect: ClassVar[bool] = False
    composed: ClassVar[bool] = False
    saves: ClassVar[str] = ""
    reach: ClassVar[Extent] = (0, 0, 0, 0, 0)
    subject: ClassVar[str] = ""
    keywords: ClassVar[tuple[str, ...]] = ()
    former_names: ClassVar[tuple[str, ...]] = ()
    renamed: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        help_text = inspect.cleandoc(cls.__doc__ or "")  # asked first: dataclass writes a docstring where none is
        dataclass(frozen=True, kw_only=True)(cls)
        cls.abstract = abstract
        cls.declaration = _declared(cls, help_text)
        if not abstract:
            _check(cls, cls.declaration)

    def __post_init__(self) -> None:
        for spec in self.declaration.fields.values():
            given = getattr(self, spec.name)
            value = given if given is spec.default else spec.value(given)
            if value is not given:
                object.__setattr__(self, spec.name, value)

    def caption(self) -> str:
        """The line below the name on the canvas: what the node is set to, in a few characters; empty for most."""
        return ""

    def stamp(self) -> str:
        """What the result depends on outside the network, such as a file's size and time; empty for most nodes."""
        return ""

    if typing.TYPE_CHECKING:
        # What an author may write, each with the parameters it names; `nodeeditor.engine.asking` calls them.
        open: ClassVar[Any]  # -> what the other methods share: an opened file, a table; kept while the key holds
        describe: ClassVar[Any]  # -> ImageInfo, or a mapping from output name to ImageInfo; reads no input's voxel
        needs: ClassVar[Any]  # -> input name to the Region, or Regions, needed for `region`; default: grown by `reach`
        compute: ClassVar[Any]  # -> Voxels or Image of exactly `region`
        values: ClassVar[Any]  # -> mapping from read-only field (Python name) to its value
        warnings: ClassVar[Any]  # -> sentences that a user should read
        perform: ClassVar[Any]  # does the work of an effect node
        explain: ClassVar[Any]  # -> a short sentence: why the voxel at hand has its value


def _declared(cls: type[Node], help_text: str) -> Declaration:
    annotations = typing.get_type_hints(cls)
    fields = []
    own = vars(cls).get("__annotations__", {})  # a node type's own fields come before those of its base
    for declared in sorted(dataclasses.fields(cls), key=lambda one: one.name not in own):  # type: ignore[arg-type]
        if _KEY not in declared.metadata:
            raise TypeError(f"{cls.__name__}.{declared.name} is annotated but not declared with field(…)")
        options = dict(declared.metadata[_KEY])
        try:
            kind = field_type(annotations[declared.name], options.pop("minimum"), options.pop("maximum"))
            default = kind.value(declared.default)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{cls.__name__}.{declared.name}: {error}") from None
        fields.append(FieldSpec(declared.name, kind, default, **options))
    members = [member for base in reversed(cls.__mro__) for member in vars(base).values()]
    methods = {name: getattr(cls, name) for name in _QUESTIONS if hasattr(cls, name)}
    return Declaration(
        type=cls.__name__,
        help=help_text,
        subject=cls.subject or title(cls.__module__.rpartition(".")[2]).replace("_", " "),
        inputs=_by_file_name(cls, [member for member in members if isinstance(member, Input)]),
        outputs=_by_file_name(cls, [member for member in members if isinstance(member, Output)]),
        fields=_by_file_name(cls, fields),
        parameters={name: tuple(inspect.signature(method).parameters)[1:] for name, method in methods.items()},
    )


def _by_file_name(cls: type[Node], members: Iterable[M]) -> dict[str, M]:
    latest = {member.name: member for member in members}  # a node type's own takes the place of its base's
    made = {member.file_name: member for member in latest.values()}
    if len(made) != len(latest):
        raise TypeError(f"{cls.__name__}: {sorted(latest)} do not have different names in files")
    return made


def _check(cls: type[Node], declared: Declaration) -> None:
    """Raise TypeError at import for what would fail later, at a user's desk."""
    who = cls.__name__
    inputs = {connector.name for connector in declared.inputs.values()}
    for question, names in declared.parameters.items():
        allowed = inputs | ({"opened"} if "open" in declared.parameters and question != "open" else set())
        if question in ("needs", "compute"):
            allowed |= {"region", "output"}
        if question == "explain":
            allowed |= {"result", "infos"}
        for unknown in set(names) - allowed:
            raise TypeError(f"{who}.{question} asks for {unknown!r}, which is not one of {sorted(allowed)}")
    if declared.outputs and not {"describe", "compute"} <= set(declared.parameters):
        raise TypeError(f"{who} has an output, so it needs describe and compute")
    if cls.effect != ("perform" in declared.parameters):
        raise TypeError(f"{who}: effect = True and perform go together")
    if any(spec.read_only for spec in declared.fields.values()) != ("values" in declared.parameters):
        raise TypeError(f"{who}: read-only fields and values go together")
    members: list[tuple[str, Input | Output | FieldSpec]] = [
        *declared.inputs.items(),
        *declared.outputs.items(),
        *declared.fields.items(),
    ]
    if len(members) != len({name for name, _ in members}):
        raise TypeError(f"{who}: an input, output or field has the name of another")
    texts = [(who, declared.help), *((name, member.help) for name, member in members)]
    for name, text in texts:
        if not text.strip():
            raise TypeError(f"{who}: {name} has no help text")
