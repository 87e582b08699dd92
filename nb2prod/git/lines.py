"""Three-way merge of texts by line, as git merges files.

Most merges of notebooks have no cell that both sides edited, so what starts git is imported late.
"""

from __future__ import annotations

LABELS = ("ours", "base", "theirs")


def merged_lines(base: str, ours: str, theirs: str, marker: int) -> tuple[str, bool]:
    """Return the merged text and whether it has a conflict: both versions between markers.

    `git merge-file` does it (nbdime asks it, too, but compares the lines by itself before, which took
    6 minutes for a cell of 3,000 lines).
    """
    if ours == theirs or theirs == base:
        return ours, False
    if ours == base:
        return theirs, False
    if base and set(ours.split("\n")).isdisjoint(theirs.split("\n")):
        # as git has it, without a process a cell
        return between_markers(ours, theirs, marker), True
    return _merged_by_git(base, ours, theirs, marker)


def _merged_by_git(base: str, ours: str, theirs: str, marker: int) -> tuple[str, bool]:
    import os
    import tempfile

    with tempfile.TemporaryDirectory(prefix="nb2prod-") as folder:
        files = [os.path.join(folder, name) for name in LABELS]
        for name, text in zip(files, (ours, base, theirs), strict=True):
            with open(name, "wb") as file:
                file.write(_whole(text).encode("utf-8", "surrogatepass"))
        status, out = merge_files(files[0], files[1], files[2], marker, "--stdout")
    if not 0 <= status <= 127:  # git takes it for no text
        return between_markers(ours, theirs, marker), True
    return out.decode("utf-8", "surrogatepass").removesuffix("\n"), status > 0


def merge_files(ours: str, base: str, theirs: str, marker: int, *options: str) -> tuple[int, bytes]:
    """Run `git merge-file`; return its status (the number of conflicts, else it could not) and
    what it prints."""
    import subprocess

    labels = [part for label in LABELS for part in ("-L", label)]
    command = ["git", "merge-file", "--quiet", f"--marker-size={marker}", *labels, *options]
    done = subprocess.run([*command, ours, base, theirs], capture_output=True)
    return done.returncode, done.stdout


def between_markers(
    ours: str, theirs: str, marker: int, our_note: str = "", their_note: str = ""
) -> str:
    """Return both texts between conflict markers; the notes say more of a side: that it is gone."""
    return (
        f"{'<' * marker} {LABELS[0]}{our_note}\n{_whole(ours)}{'=' * marker}\n"
        f"{_whole(theirs)}{'>' * marker} {LABELS[2]}{their_note}"
    )


def _whole(text: str) -> str:
    """A text whose last line ends like all others, so that a line below it does not change it."""
    return f"{text}\n" if text else ""
