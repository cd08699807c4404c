"""The words of the command line: commands, their options, their help."""

from __future__ import annotations

import argparse
from pathlib import Path

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


def parser() -> argparse.ArgumentParser:
    """Reads the words of a call; ``command`` of what it gives is the name of the command."""
    made = argparse.ArgumentParser(
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
    run.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NODE.FIELD=VALUE",
        help="set a field for this run; may be given often",
    )
    run.add_argument(
        "--output",
        dest="outputs",
        action="append",
        default=[],
        metavar="NODE.OUTPUT=FILE",
        help="write an image: .nii, .nii.gz, .nrrd, .mha, .tif, .png, or a folder for DICOM; may be given often",
    )
    run.add_argument(
        "--picture",
        dest="pictures",
        action="append",
        default=[],
        metavar="VIEWER=FILE.png",
        help="write what a viewer shows; may be given often",
    )
    run.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write the pictures of all viewers and the images they show into a folder",
    )
    run.add_argument("--json", action="store_true", help="print one JSON object a line, for machines")
    _add_path_option(run)
    _add_traceback_option(run)
    run.set_defaults(command="run")

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


def _add_path_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--path",
        dest="variables",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="set a path variable, such as DemoDataPath, for this run; may be given often",
    )


def _add_traceback_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--traceback", action="store_true", help="show where an error arose, for developers")
