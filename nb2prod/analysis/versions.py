"""One name, one meaning: split a name that is an import here and a variable there.

`f1_score = f1_score(y, p)` binds a variable over an import. Inside a function that would be an unbound
local, so each def-use web (Muchnick, Advanced Compiler Design and Implementation, 16.3.3) of such a
name gets a name of its own. Webs that are all variables keep their common name.
"""

from __future__ import annotations

import ast
import builtins
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from nb2prod.analysis.closures import captures
from nb2prod.analysis.tree import walk
from nb2prod.model import Names, Rename, Statement

Kind = Literal["builtin", "import", "definition", "variable"]
Node = tuple[int, str, str]  # statement, name, what: a binding or a use
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "display", "get_ipython"}

_PRECEDENCE: tuple[Kind, ...] = ("builtin", "import", "definition", "variable")


class _Webs:
    """Union-find over bindings and uses."""

    def __init__(self) -> None:
        self.parent: dict[Node, Node] = {}

    def find(self, node: Node) -> Node:
        root = node
        while (above := self.parent.setdefault(root, root)) != root:
            root = above
        while (above := self.parent[node]) != root:
            self.parent[node], node = root, above
        return root

    def join(self, one: Node, other: Node) -> None:
        self.parent[self.find(other)] = self.find(one)


def split(
    statements: Sequence[Statement], names: Sequence[Names], reserved: frozenset[str] = frozenset()
) -> tuple[list[Rename], list[Names]]:
    """Return per statement what to rename, and its names after that.

    `reserved` are names that a notebook variable must not have in the package.
    """
    webs, reads, binds = _connect(statements, names)
    if _shows_names(statements):
        _join_definitions(statements, webs, binds)
    _join_globals(statements, webs, reads, binds)
    chosen = _choose(statements, names, webs, reads, binds, reserved)
    renames, renamed = [], []
    for position, use in enumerate(names):
        loads = {n: chosen[webs.find((position, n, "use"))] for n in reads[position]}
        stores = {n: chosen[webs.find((position, n, "bind"))] for n in binds[position]}
        change = Rename(
            {old: new for old, new in loads.items() if old != new},
            {old: new for old, new in stores.items() if old != new},
        )
        renames.append(change)
        renamed.append(_apply(use, change) if change else use)
    return renames, renamed


def covered(renames: Sequence[Rename]) -> dict[str, str]:
    """Return by name the builtin that it means until it is bound: its own, or the renamed one."""
    found = {name: name for name in BUILTINS}
    for change in renames:
        for old, new in (*change.loads.items(), *change.stores.items()):
            if old in BUILTINS:
                found[new] = old
    return found


def _shows_names(statements: Sequence[Statement]) -> bool:
    """Whether the notebook looks at the names of its functions, which then must not change."""
    return any(
        isinstance(part, ast.Attribute) and part.attr in {"__name__", "__qualname__"}
        for statement in statements
        for part in walk(statement.node)
    )


def _join_definitions(
    statements: Sequence[Statement], webs: _Webs, binds: Sequence[set[str]]
) -> None:
    """Make functions defined twice variables: they stay where they are, with their names."""
    first: dict[str, Node] = {}
    for position, bound in enumerate(binds):
        if isinstance(statements[position].node, ast.FunctionDef | ast.ClassDef):
            for name in bound:
                webs.join(
                    first.setdefault(name, (position, name, "bind")), (position, name, "bind")
                )


def _join_globals(
    statements: Sequence[Statement],
    webs: _Webs,
    reads: Sequence[set[str]],
    binds: Sequence[set[str]],
) -> None:
    """Keep one name for what a function declares global: when it is called cannot always be seen."""
    declared = {
        name
        for statement in statements
        for part in walk(statement.node)
        if isinstance(part, ast.Global)
        for name in part.names
    }
    for name in declared:
        nodes = [(p, name, "bind") for p, bound in enumerate(binds) if name in bound]
        nodes += [(p, name, "use") for p, read in enumerate(reads) if name in read]
        for node in nodes[1:]:
            webs.join(nodes[0], node)


def _connect(
    statements: Sequence[Statement], names: Sequence[Names]
) -> tuple[_Webs, list[set[str]], list[set[str]]]:
    """Join every use of a name with the bindings that reach it."""
    webs = _Webs()
    bound_anywhere = frozenset().union(
        *(use.writes | use.maybe | use.rebinds for use in names), frozenset()
    )
    reads: list[set[str]] = []
    binds: list[set[str]] = []
    later: dict[int, list[tuple[int, str]]] = defaultdict(list)  # user -> (maker, name)
    for capture in captures(statements, names):
        for name in capture.names & bound_anywhere:
            later[capture.user].append((capture.maker, name))
    reaching: dict[str, set[Node]] = {}

    def use_of(position: int, name: str, sources: set[Node]) -> None:
        node = (position, name, "use")
        webs.find(node)
        for source in sources or {(-1, name, "bind")}:
            webs.join(source, node)

    for position, (statement, use) in enumerate(zip(statements, names, strict=True)):
        mine = (use.reads | use.late | use.mentions | use.deletes | use.mutates) & bound_anywhere
        mine |= use.rebinds
        for name in (use.reads | use.deletes | use.mutates) & mine:
            use_of(position, name, reaching.get(name, set()))
        for name in use.mentions & mine & reaching.keys():
            use_of(position, name, reaching[name])
        for name in mine:
            webs.find((position, name, "use"))
        # what is called by an assignment runs before that binds anything
        before = {name: set(reaching.get(name, ())) for _, name in later[position]}
        made = use.writes | use.maybe | use.rebinds
        together = not isinstance(
            statement.node,
            ast.Assign
            | ast.AnnAssign
            | ast.Import
            | ast.ImportFrom
            | ast.FunctionDef
            | ast.ClassDef,
        )
        for name in made:
            node = (position, name, "bind")
            webs.find(node)
            if together:  # a block may read what it has bound before
                mine |= {name}
            if name in mine and (together or name in use.late or name in use.rebinds):
                webs.join(node, (position, name, "use"))
            if name in use.writes:
                reaching[name] = {node}
            else:
                reaching[name] = reaching.get(name, set()) | {node}
            if use.rebinds and name in use.rebinds:
                for source in reaching[name]:
                    webs.join(source, node)
        for maker, name in later[position]:
            after = reaching.get(name, set()) if together else set()
            for source in before.get(name, set()) | after:
                webs.join(source, (maker, name, "use"))
        for name in use.deletes - use.maybe:
            reaching.pop(name, None)
            if name in BUILTINS:
                reaching[name] = {(-1, name, "bind")}
        reads.append(set(mine))
        binds.append(set(made))
    _join_unreached(webs, reads, binds)
    return webs, reads, binds


def _join_unreached(webs: _Webs, reads: list[set[str]], binds: list[set[str]]) -> None:
    """A late use that no call was seen of still means the name's only binding, if there is one."""
    makers: dict[str, list[int]] = defaultdict(list)
    for position, bound in enumerate(binds):
        for name in bound:
            makers[name].append(position)
    rooted = {webs.find((p, n, "bind")) for n, positions in makers.items() for p in positions}
    for position, used in enumerate(reads):
        for name in used:
            node = (position, name, "use")
            if webs.find(node) not in rooted and name in makers:
                before = [p for p in makers[name] if p < position] or makers[name]
                if name in BUILTINS and webs.find(node) == webs.find((-1, name, "bind")):
                    continue
                webs.join((before[-1], name, "bind"), node)


def _choose(
    statements: Sequence[Statement],
    names: Sequence[Names],
    webs: _Webs,
    reads: list[set[str]],
    binds: list[set[str]],
    reserved: frozenset[str],
) -> dict[Node, str]:
    """Name every web: builtins and imports keep the name, the variable over them is renamed."""
    members: dict[str, dict[Node, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for position, (used, bound) in enumerate(zip(reads, binds, strict=True)):
        for name in sorted(bound):
            members[name][webs.find((position, name, "bind"))].append((position, name, "bind"))
        for name in sorted(used):
            members[name][webs.find((position, name, "use"))].append((position, name, "use"))
    taken = set(members) | BUILTINS | reserved
    for use in names:
        taken |= use.reads | use.late | use.imports.keys()
    chosen: dict[Node, str] = {}
    for name, roots in members.items():
        kinds = {root: _kind(statements, names, nodes, name) for root, nodes in roots.items()}
        targets = {root: _import_target(names, nodes, name) for root, nodes in roots.items()}
        order = sorted(roots, key=lambda root: (_PRECEDENCE.index(kinds[root]), roots[root][0]))
        if set(kinds.values()) == {"variable"} and name not in reserved:
            chosen.update(dict.fromkeys(roots, name))
            continue
        kept: dict[tuple[Kind, str | None, int], str] = {}
        definitions = [root for root in order if kinds[root] == "definition"]
        for root in order:
            kind = kinds[root]
            serial = definitions.index(root) if kind == "definition" else 0
            key = (kind, targets[root], serial)
            if key not in kept:
                if not kept and not (kind == "variable" and name in reserved):
                    kept[key] = name
                else:
                    kept[key] = _fresh(name, kind, targets[root], taken)
                    taken.add(kept[key])
            chosen[root] = kept[key]
    return chosen


def _kind(
    statements: Sequence[Statement], names: Sequence[Names], nodes: list[Node], name: str
) -> Kind:
    bindings = [position for position, _, what in nodes if what == "bind"]
    if not bindings:
        return "builtin" if name in BUILTINS else "variable"
    if _import_target(names, nodes, name) and all(
        isinstance(statements[p].node, ast.Import | ast.ImportFrom) for p in bindings
    ):
        return "import"
    single = len(bindings) == 1 and isinstance(
        statements[bindings[0]].node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    )
    return "definition" if single else "variable"


def _import_target(names: Sequence[Names], nodes: list[Node], name: str) -> str | None:
    """What all imports of a web import, if it is the same thing."""
    targets = {names[p].imports.get(name) for p, _, what in nodes if what == "bind"}
    return targets.pop() if len(targets) == 1 else None


def _fresh(name: str, kind: Kind, target: str | None, taken: set[str]) -> str:
    """A word instead of a number: the module of an import, the role of a variable."""
    if kind == "import" and target:
        module = target.rpartition(".")[0].rpartition(".")[2] or target
        candidates = [f"{module}_{name}", target.replace(".", "_").strip("_")]
    elif kind == "definition":
        candidates = [f"{name}_revised", f"{name}_final", f"{name}_latest"]
    elif name in BUILTINS:
        candidates = [f"{name}_", f"{name}_value"]
    else:
        shorter = name.removesuffix("_score")
        candidates = [shorter] if shorter != name and shorter.isidentifier() else []
        candidates += [f"{name}_value", f"notebook_{name}"]
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    serial = 2
    while f"{name}_{serial}" in taken:
        serial += 1
    return f"{name}_{serial}"


def _apply(use: Names, change: Rename) -> Names:
    def loads(found: frozenset[str]) -> frozenset[str]:
        return frozenset(change.loads.get(name, name) for name in found)

    def stores(found: frozenset[str]) -> frozenset[str]:
        return frozenset(change.stores.get(name, name) for name in found)

    return replace(
        use,
        reads=loads(use.reads),
        again=loads(use.again),
        certain=loads(use.certain),
        late=loads(use.late),
        mutates=loads(use.mutates),
        mentions=loads(use.mentions),
        writes=stores(use.writes),
        maybe=stores(use.maybe),
        deletes=loads(use.deletes),
        rebinds=stores(use.rebinds),
        imports={change.stores.get(name, name): target for name, target in use.imports.items()},
    )
