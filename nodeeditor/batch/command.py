"""The command ``nodeeditor batch``, once its network is loaded."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from contextlib import closing
from itertools import chain

from nodeeditor.batch.alone import alone
from nodeeditor.batch.errand import Batch, assigned, errand, problems, valued
from nodeeditor.batch.patterns import found
from nodeeditor.batch.report import Report, show_plan
from nodeeditor.batch.results import table
from nodeeditor.batch.studies import RESULTS
from nodeeditor.batch.table import listed
from nodeeditor.batch.work import kept, outcomes, processes
from nodeeditor.check import problems as network_problems
from nodeeditor.errors import FormatError, NetworkError, raise_all
from nodeeditor.formats import problems_there
from nodeeditor.library import Library
from nodeeditor.memory import cache_limit
from nodeeditor.network import Network
from nodeeditor.paths import Paths
from nodeeditor.run import demanded
from nodeeditor.terminal import hear_sigterm, say


def run_batch(
    options: argparse.Namespace, network: Network, library: Library, paths: Paths, warn: Callable[[NetworkError], None]
) -> bool:
    """Run a network over the studies of a call; whether all of them are done. Raises NetworkError for a wrong call."""
    batch = _batch(options, network, library, paths, warn)
    if options.table:
        studies = listed(options.table, batch.network, library)
    else:
        studies = found(options.each, batch.network, library, paths, batch.out)
    raise_all(list(problems(batch, studies, library)))
    looked = [kept(batch, study, library) for study in studies] if options.resume else []
    before = [one for one in looked if one is not None]
    done = {one.study.folder for one in before}
    if options.dry_run:
        for study in studies:
            show_plan(study, errand(batch, study, library), study.folder in done, as_json=options.json)
        return True
    if (batch.out / RESULTS).exists() and not (options.resume or options.force):
        raise FormatError(f"{batch.out / RESULTS} is there already; --resume goes on with it, --force begins anew")
    cache_limit()  # a wrong setting of it is no study's fault
    waiting = [study for study in studies if study.folder not in done]
    report = Report(len(waiting), as_json=options.json)
    at_once = options.jobs or processes(batch, waiting, library)
    hear_sigterm()
    try:
        with (
            alone(batch.out),
            table(batch.out / RESULTS, studies, batch.values) as add,
            closing(outcomes(batch, waiting, at_once, report.draw)) as coming,
        ):
            for outcome in chain(before, coming):
                add(outcome)
                report.tell(outcome, traces=options.traceback)
    except KeyboardInterrupt:
        report.clear()
        say("interrupted; --resume goes on from here")
        raise
    report.end(batch.out / RESULTS, profile=options.profile)
    return not report.counts["failed"]


def _batch(
    options: argparse.Namespace, network: Network, library: Library, paths: Paths, warn: Callable[[NetworkError], None]
) -> Batch:
    """The network with its settings, and what is wanted of each study."""
    settings = {}
    for assignment in options.settings:
        network, end, value = assigned(network, library, assignment)
        settings[end] = value
    wanted = tuple(options.outputs), tuple(options.pictures), valued(network, library, options.values)
    demanded(network, library, options.outputs, options.pictures)
    wrong = problems_there(network_problems(network, library), options.network, network, library)
    for problem in wrong:
        if problem.warning:
            warn(problem)
    if not any(wanted):  # else what is wrong elsewhere does not matter, as for run
        raise_all(wrong)
    digest = hashlib.sha256(options.network.read_bytes()).hexdigest()
    return Batch(network, options.network, options.out.absolute(), paths.variables, settings, *wanted, digest)
