"""The words of the command line: commands, their options, their help."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from nodeeditor.version import __version__

_DIFF = """\
Say in sentences, one a line, what differs between two networks, .mlab.json or
.mlab. Exit status 0: nothing, 1: something, 2: a wrong call or file. With one
network: all that it holds, and status 0."""

_GIT = """\
For git, two lines in .gitattributes:

    *.mlab.json diff=nodeeditor
    *.mlab      diff=nodeeditor

and in ~/.gitconfig:

    [diff "nodeeditor"]
        command = sh -c 'echo \\"$1\\" && nodeeditor diff \\"$2\\" \\"$5\\" || true' --
        textconv = sh -c 'nodeeditor diff \\"$1\\" || cat \\"$1\\"' --
    [difftool "nodeeditor"]
        cmd = nodeeditor diff \\"$LOCAL\\" \\"$REMOTE\\"

command: git diff tells these sentences. textconv: git log -p, git show and
git blame --textconv compare what the files hold, line by line; git diff too
without command. cmd: git difftool -y -t nodeeditor, without command."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a call in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Reads the words of a call; ``command`` of what it gives is the name of the command."""
    made: argparse.ArgumentParser = _Parser(
        prog="nodeeditor",
        description="Edit, run, check, compare and convert networks of nodes for medical images.",
        epilog="nodeeditor COMMAND --help tells more about a command; nodeeditor FILE ... is nodeeditor edit FILE ...",
    )
    made.add_argument("--version", action="version", version=f"nodeeditor {__version__}")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)

    edit = commands.add_parser(
        "edit",
        help="open the editor",
        description="Open the editor, with networks or empty. It needs a screen and the extra nodeeditor[gui].",
    )
    edit.add_argument("networks", type=Path, nargs="*", metavar="FILE", help="network files")
    _add_traceback_option(edit)
    edit.set_defaults(command="edit")

    run = commands.add_parser(
        "run",
        help="run a network without a screen",
        description="Run a network. Without --output and --picture every node that feeds no other is "
        "evaluated, and a table says what came out.",
        epilog="example: nodeeditor run ImageMask.mlab.json --set Threshold.threshold=80 "
        "--output Mask.output0=masked.nii.gz --picture SynchroView2D=view.png",
    )
    run.add_argument("network", type=Path, help="the network file (.mlab.json or .mlab)")
    _often(run, "--set", "settings", "NODE.FIELD=VALUE", "set a field for this run")
    _often(
        run,
        "--output",
        "outputs",
        "NODE.OUTPUT=FILE",
        "write an image: .nii, .nii.gz, .nrrd, .mha, .tif, .png, or a folder for DICOM",
    )
    _often(run, "--picture", "pictures", "VIEWER=FILE.png", "write what a viewer shows")
    run.add_argument(
        "--out",
        type=_folder,
        metavar="DIR",
        help="write the pictures of all viewers and the images they show into a folder",
    )
    run.add_argument("--json", action="store_true", help="print one JSON object a line, for machines")
    _add_profile_option(run)
    _add_path_option(run)
    _add_traceback_option(run)
    run.set_defaults(command="run")

    _add_batch(commands)

    check = commands.add_parser(
        "check",
        help="find every problem of networks without running them",
        description="Find every problem of networks, each with its place, without opening an image.",
    )
    check.add_argument("networks", type=Path, nargs="+", metavar="NETWORK", help="network files")
    _add_traceback_option(check)
    check.set_defaults(command="check")

    diff = commands.add_parser(
        "diff",
        help="say what differs between two networks",
        description=_DIFF,
        epilog=_GIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diff.add_argument("before", type=Path, metavar="A", help="a network file")
    diff.add_argument("after", type=Path, nargs="?", metavar="B", help="the network file that is compared with it")
    diff.add_argument(
        "--layout",
        action="store_true",
        help="tell too what changes no result: boxes and windows that moved, slice and zoom of viewers",
    )
    _add_traceback_option(diff)
    diff.set_defaults(command="diff")

    convert = commands.add_parser(
        "convert",
        help="write a network as .mlab.json or .mlab",
        description="Write a network into a file of the other kind; the endings say which: .mlab.json is nodeeditor's, "
        ".mlab is MeVisLab's.",
    )
    convert.add_argument("source", type=Path, metavar="A", help="the network file")
    convert.add_argument("target", type=Path, metavar="B", help="the file to write, .mlab.json or .mlab")
    convert.add_argument("--force", action="store_true", help="replace a file that is there already")
    _add_traceback_option(convert)
    convert.set_defaults(command="convert")

    nodes = commands.add_parser(
        "nodes",
        help="list the node types, or tell all about one",
        description="List the installed node types, or tell all about one.",
    )
    nodes.add_argument("name", nargs="?", metavar="NAME", help="a node type")
    form = nodes.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="print the reference as Markdown")
    form.add_argument("--json", action="store_true", help="print the declarations as JSON")
    _add_traceback_option(nodes)
    nodes.set_defaults(command="nodes")

    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of network files",
        description="Print the JSON Schema of network files, for editors and other programs.",
    )
    _add_traceback_option(schema)
    schema.set_defaults(command="schema")
    return made


_BATCH = """\
Run a network over many studies, several at the same time. What the studies
are, a table or patterns say:

  --table FILE   a CSV or TSV file in UTF-8 with a header: one column a field,
                 called Node.field, one study a row; the column id, if there is
                 one, names the studies. Relative files start at the table's
                 folder.
  --each Node.field=PATTERN
                 a study for each file or folder that a pattern such as
                 'in/*.nii.gz' or 'in/*/t1.dcm' finds, or that lies in a folder.
                 Given for several fields, their files belong together where
                 the wildcards stand for the same. What was written into DIR
                 is not found.

Each study gets a folder of its own in DIR, with what --output and --picture
want, or else all that "run --out" writes. Relative names in ImageSave nodes
lead into it, too; $(ID) in the name of any file stands for the study. In each
folder, provenance.json says what its files were made of; DIR/results.csv has
a row a study. One that fails does not stop the others.

Exit status 0: all is done, 1: a study failed, 2: a wrong call, network or
table, and nothing was run; 130: interrupted."""

_BATCH_EXAMPLES = """\
examples:
  nodeeditor batch mask.mlab.json --each LocalImage.name='in/*.nii.gz' \\
      --output Mask.output0=masked.nii.gz --out results
  nodeeditor batch mask.mlab.json --table studies.csv --value Info.sizeZ \\
      --out results --resume"""


def _add_batch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    batch = commands.add_parser(
        "batch",
        help="run a network over many studies",
        description=_BATCH,
        epilog=_BATCH_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    batch.add_argument("network", type=Path, help="the network file (.mlab.json or .mlab)")
    studies = batch.add_mutually_exclusive_group(required=True)
    studies.add_argument("--table", type=Path, metavar="FILE", help="the studies, one a row")
    _often(studies, "--each", "each", "NODE.FIELD=PATTERN", "the studies, one a file or folder")
    batch.add_argument("--out", type=_folder, required=True, metavar="DIR", help="the folder for all that is written")
    _often(batch, "--output", "outputs", "NODE.OUTPUT=FILE", "write an image into the folder of each study")
    _often(batch, "--picture", "pictures", "VIEWER=FILE.png", "write what a viewer shows into the folder of each study")
    _often(
        batch,
        "--value",
        "values",
        "NODE.FIELD",
        "a column of results.csv, such as a field that a node fills; without --output and --picture, ImageSave nodes "
        "work and nothing else is written",
    )
    _often(batch, "--set", "settings", "NODE.FIELD=VALUE", "set a field for all studies")
    batch.add_argument(
        "--jobs",
        type=_count,
        metavar="N",
        help="studies at the same time, each in a process of its own (default: the processors, fewer where memory is "
        "short)",
    )
    begin = batch.add_mutually_exclusive_group()
    begin.add_argument(
        "--resume",
        action="store_true",
        help="skip what is done already with the same network, settings and inputs (path, size, time of change)",
    )
    begin.add_argument("--force", action="store_true", help="do all anew, although results are there already")
    batch.add_argument("--dry-run", action="store_true", help="say which studies there are, and run nothing")
    batch.add_argument("--json", action="store_true", help="print one JSON object a line, for machines")
    _add_profile_option(batch)
    _add_path_option(batch)
    _add_traceback_option(batch)
    batch.set_defaults(command="batch")


def _often(
    parser: argparse.ArgumentParser | argparse._MutuallyExclusiveGroup, flag: str, dest: str, metavar: str, words: str
) -> None:
    parser.add_argument(
        flag, dest=dest, action="append", default=[], metavar=metavar, help=f"{words}; may be given often"
    )


def _folder(text: str) -> Path:
    if not text:  # as of a variable that is not set
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _add_profile_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile", action="store_true", help="tell in the end what each node cost: time, pages and their size"
    )


def _add_path_option(parser: argparse.ArgumentParser) -> None:
    _often(parser, "--path", "variables", "NAME=FOLDER", "set a path variable, such as DemoDataPath, for this run")


def _add_traceback_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--traceback", action="store_true", help="show where an error arose, for developers")
