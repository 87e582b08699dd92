"""Every value that flows from one step to the next; all frozen, none with behaviour beyond look-up.

bytes --read--> Program --analyse--> Analysis --make_plan--> Plan --render--> Package --write--> files
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

import libcst as cst

Stage = Literal[
    "setup",
    "load",
    "clean",
    "feature",
    "explore",
    "train",
    "evaluate",
    "predict",
    "save",
    "other",
]
STAGES: tuple[Stage, ...] = get_args(Stage)

Severity = Literal["error", "warning", "note"]
CstStatement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something stands: the cell from 0 among all cells, lines from 1 in its source."""

    cell: int
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: its row in diagnostics.toml (`code`), what was found, where, and what to do."""

    code: str
    message: str
    severity: Severity = "warning"
    origin: Origin | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the notebook has it; `outputs` are nbformat 4 output dictionaries."""

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    tags: frozenset[str] = frozenset()
    stage: Stage | None = None  # the user's override
    name: str | None = None  # the user's name for the function made of the cell
    parameters: bool = False  # papermill's cell of parameters
    answers: Mapping[str, str] = field(default_factory=dict)  # the author's, by key of a Question


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement, after magics were translated.

    `node` is analysed and never changed; `tree` (the same statement, comments above it in its
    leading lines) is what the package's code is made from.
    """

    origin: Origin
    node: ast.stmt
    tree: CstStatement
    display: bool = (
        False  # a bare expression whose value the notebook showed: last of its cell, no `;`
    )


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that the notebook installs or imports; `specifier` as in PEP 508 ("" when unknown)."""

    name: str
    specifier: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential that the notebook held: `name` is the environment variable that has it instead.

    `value` goes to no file, message or representation; it only lets a run be given what it needs, and
    lets everything be checked that is written.
    """

    name: str
    kind: str
    value: str = field(repr=False)
    places: tuple[str, ...] = ()  # "cell 3, line 2", "an output of cell 4"
    in_code: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Source of the notebook that is in no function, and why."""

    origin: Origin
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Program:
    """A notebook as Python statements in document order."""

    name: str  # of the notebook, without folder and ending; "notebook" from standard input
    cells: tuple[Cell, ...]
    statements: tuple[Statement, ...]
    left_out: tuple[LeftOut, ...] = ()
    requirements: tuple[Requirement, ...] = ()  # from installs inside cells
    diagnostics: tuple[Diagnostic, ...] = ()
    python: str | None = None  # version that ran it, "3.8.5"
    notebook: Mapping[str, Any] = field(default_factory=dict)  # the JSON in nbformat 4
    source: bytes = b""  # as read, but for secrets and personal data
    folder: str | None = None  # where it lies; None from standard input
    secrets: tuple[Secret, ...] = ()  # what was taken out
    original: bytes = field(default=b"", repr=False)  # as read: to be run, never to be written


@dataclass(frozen=True, slots=True)
class Names:
    """What one statement does with module-level names.

    `reads` must be bound before it runs, but for `again`: those that the statement may bind itself
    before, or that it expects to be unbound (`except NameError`); `late` are read when a function,
    lambda or generator that it makes is called; `writes` are bound on every path, `maybe` on some;
    `rebinds` are written by functions through `global`; `mutates` are changed in place as far as the
    syntax shows it; `mentions` stand in texts that a call may look up (`df.query("a > @limit")`).
    `imports` maps the names that import statements bind to what they are ("f" -> "a.b.f").
    `dynamic`: exec, eval or namespaces of something unknown.
    """

    reads: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()  # those of `reads` that happen on every path
    late: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()
    mutates: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    dynamic: bool = False
    awaits: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """New names for the loads (also those inside functions) and the stores of one statement."""

    loads: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.loads or self.stores)


@dataclass(frozen=True, slots=True)
class DataUse:
    """One read or write of data outside the program, as far as a statement shows it.

    `argument` is the AST node of the location; `location` its text when it folds to a literal.
    """

    direction: Literal["read", "write"]
    kind: str  # file, url, dataset, database, api, figure, model, shell
    format: str  # csv, json, parquet, pickle, ... or ""
    call: str  # qualified name, "pandas.read_csv"
    argument: ast.expr | None = None
    location: str | None = None
    variable: str | None = None  # the name that receives or gives the data


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the inventory of data: what one call reads or writes at one place.

    `location` is the argument as it is written, `resolved` the text it comes to (a glob pattern stays
    one; None when that cannot be known). `cell` counts from 0 among all cells, `line` from 1 in the cell.
    `bytes`, `sha256`, `rows` and `schema` (column -> kind) are those of the file, when it is at hand.
    """

    name: str  # unique in the inventory: "customers"
    direction: Literal["read", "write"]
    location: str
    resolved: str | None
    kind: str  # file, url, database, object store, dataset, api, shell, model, figure
    format: str  # csv, json, parquet, ... or ""
    call: str  # qualified name, "pandas.read_csv"
    cell: int
    line: int
    variable: str | None = None
    columns: tuple[str, ...] = ()  # those that the notebook uses
    consumers: tuple[str, ...] = ()  # functions of the package: "churn.cleaning.customers.clean"
    external: bool = False  # absolute path, home folder, network
    obtained_by: str | None = None  # `!wget`, API call, query, cell that writes it
    bytes: int | None = None
    sha256: str | None = None
    rows: int | None = None
    schema: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)  # column -> kind: "e-mail address"


@dataclass(frozen=True, slots=True)
class Facts:
    """What one statement is about, by the knowledge tables and the types that flow into it."""

    stage: Stage = "other"
    evidence: str = ""
    calls: tuple[str, ...] = ()  # qualified, in source order
    types: Mapping[str, str] = field(
        default_factory=dict
    )  # of the names it binds: "pandas.DataFrame"
    pure: bool = False  # only displays: proven to change nothing that anything kept reads
    draws: bool = False  # may draw from a global random generator
    uses: tuple[DataUse, ...] = ()
    fits: tuple[str, ...] = ()  # names of estimators that it fits
    action: str = ""  # what it does, as words of a name: "fill_missing_age"
    weight: int = 0  # how much the action says of a function that holds the statement
    datasets: frozenset[str] = (
        frozenset()
    )  # the loaded data sets that flow into it, by variable of the load


@dataclass(frozen=True, slots=True)
class Capture:
    """Names that something made by statement `maker` reads late, at statement `user`."""

    maker: int
    user: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The program in the order in which it runs, with what is known of each statement.

    `names` are those after `renames`: every name is an import, a definition or a variable throughout.
    """

    program: Program
    statements: tuple[Statement, ...]
    names: tuple[Names, ...]
    renames: tuple[Rename, ...]
    facts: tuple[Facts, ...]
    captures: tuple[Capture, ...] = ()
    sources: tuple[Source, ...] = ()  # the inventory of the notebook's data
    order: Literal["document", "execution"] = "document"
    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the generated `Config`: a constant, parameter or path of the notebook."""

    name: str
    value: object
    variable: str | None = None  # the notebook's name for it
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the package; `statements` are positions in the analysis."""

    module: str  # "cleaning.customers"
    name: str
    statements: tuple[int, ...]
    stage: Stage = "other"
    doc: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()  # keyword-only parameters, names of Setting
    unbound: tuple[str, ...] = ()  # local names read where the notebook expects a NameError
    placeholders: tuple[str, ...] = ()  # outputs that stay None where nothing binds them
    types: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[int, str] = field(default_factory=dict)  # displayed results and their new names
    explore: bool = False  # called only with explore=True
    config: bool = False  # takes the configuration itself: it reads or writes files
    asynchronous: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class or import unit of the notebook that lives at module level."""

    module: str
    names: tuple[str, ...]
    statement: int
    captured: tuple[str, ...] = ()  # keyword parameters, with names as at the call
    settings: tuple[str, ...] = ()  # those of `captured` that come from the configuration


@dataclass(frozen=True, slots=True)
class Import:
    """A name that an import statement of the notebook binds."""

    name: str
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What only the author of a notebook can tell; `origin` is the place that it is about.

    `key` is the same as long as what is asked about is the same, wherever the cell moves.
    """

    key: str  # "threshold-0.35"
    text: str
    why: str  # it matters
    origin: Origin
    cost: int  # of not knowing: the higher, the earlier it is asked
    position: int | None = None  # of the statement in the analysis
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which statement goes into which function of which module, and what is left out."""

    analysis: Analysis
    package: str
    title: str
    functions: tuple[Function, ...]  # in the order in which run() calls them
    definitions: tuple[Definition, ...] = ()
    imports: Mapping[str, Import] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    locations: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # text -> Setting name
    # other texts that are paths of one machine -> Setting name
    places: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    computed: Mapping[int, frozenset[str]] = field(
        default_factory=dict
    )  # location arguments, as code
    parameters: Mapping[str, bool] = field(default_factory=dict)  # of run(); True: required
    introduction: tuple[str, ...] = ()  # paragraphs of prose from the notebook's head
    # names that run() binds to a builtin at the start, since the notebook binds them later
    builtins: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)  # notebook's name -> name in run()
    phases: tuple[tuple[str, int], ...] = ()  # (stage command, number of calls up to its end)
    config: str = "config"  # run()'s parameter, and that of functions that read or write files
    model: str | None = None  # the variable that holds the trained model
    pyplot: str = ""  # the notebook's name for matplotlib.pyplot
    figure_ends: Mapping[int, tuple[str, ...]] = field(
        default_factory=dict
    )  # code after a statement
    siblings: Mapping[PurePosixPath, str] = field(
        default_factory=dict
    )  # modules beside the notebook
    namespace: bool = False  # names are module globals: the notebook looks them up by text
    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    questions: tuple[Question, ...] = ()  # to the author, those that are answered last
    # imported modules of unknown origin, and their cells
    unresolved: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verified run of a package saw: its recorded tests and its pins are made of this.

    `source` is the hash of the package's code, `distributions` are the versions of what it imported,
    `files` the recorded calls below tests/golden; `unrecorded` says by function why it has none.
    `results` are summaries of what run() returned, `contract` are terms for data by loader, `data`
    are the files that each loader opened and the profiles of its tables.
    """

    source: str
    python: str
    distributions: Mapping[str, str]
    files: Mapping[PurePosixPath, bytes]
    unrecorded: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    contract: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """The generated project in memory: text or bytes by path below its root."""

    name: str
    files: Mapping[PurePosixPath, bytes]
    plan: Plan
