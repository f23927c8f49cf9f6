//! `holt test`: unit tests of pipelines. Records go through the processors that a collector would run,
//! and what comes out is compared with what is expected.
//!
//! Results on standard output, everything that is wrong with test files and configurations on standard
//! error. Exit codes: 0 when all tests pass; 1 when one fails, or too little is covered; 2 when a test
//! file, a configuration or the command line is broken.

mod asserts;
mod compare;
mod convert;
mod coverage;
mod discover;
mod fields;
mod file;
mod golden;
mod host;
mod html;
mod judge;
mod junit;
mod lcov;
mod look;
mod record;
mod report;
mod requests;
mod subject;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use holt_grammar::diag::Severity;
use holt_pdata::Signal;

use super::watch::Watched;
use crate::output;
use coverage::Coverage;
use discover::Found;
use file::{Test, TestFile};
use judge::Failure;
use subject::{Broken, Configuration};
use trial::Outcome;

#[derive(Args, Clone, Debug)]
pub(crate) struct TestArgs {
    /// Test files, or directories to search for *_test.yaml, *.test.yaml and configurations with a key
    /// `tests`; this directory when none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Run only tests whose names contain this; letter case does not matter.
    #[arg(short = 'k', value_name = "FILTER")]
    filter: Option<String>,

    /// Write golden files rather than compare with them.
    #[arg(long)]
    update: bool,

    /// Say which statements ran and which conditions held: as text; as lcov.info or coverage.html
    /// with =lcov or =html.
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    coverage: Option<Form>,

    /// Where coverage is written, in place of lcov.info, coverage.html or standard output.
    #[arg(long, value_name = "FILE", requires = "coverage")]
    coverage_file: Option<PathBuf>,

    /// Fail when fewer statements of a hundred ran than this.
    #[arg(long, value_name = "PERCENT")]
    min: Option<f64>,

    /// Write the results as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Run again whenever a file changes.
    #[arg(long)]
    watch: bool,

    /// Stop at the first test that does not pass.
    #[arg(long)]
    fail_fast: bool,

    /// Show the way of every record through the statements, also of tests that pass.
    #[arg(long)]
    trace: bool,
}

/// A form of coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Lcov,
    Html,
}

/// Exit code when something is broken.
const BROKEN: u8 = 2;

/// Runs tests and says how they went.
pub(crate) fn run(arguments: &TestArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::from(BROKEN) };
    loop {
        let watched = Watched::begin();
        let code = match runtime.block_on(once(arguments)) {
            Ok(code) => code,
            Err(message) => {
                output::error(&message);
                BROKEN
            }
        };
        if !arguments.watch {
            return ExitCode::from(code);
        }
        let here = [PathBuf::from(".")];
        // Configurations and fixtures are seldom far from the tests.
        let paths = if arguments.paths.is_empty() { &here } else { arguments.paths.as_slice() };
        let parents = paths.iter().map(|path| match path.parent() {
            Some(parent) if path.is_file() && !parent.as_os_str().is_empty() => parent.to_owned(),
            _ if path.is_file() => PathBuf::from("."),
            _ => path.clone(),
        });
        watched.wait(&parents.collect::<Vec<_>>());
    }
}

/// What became of a test.
#[derive(Debug)]
enum Verdict {
    Passed,
    Failed(Vec<Failure>),
    /// What is wrong was said on standard error; this is it in a line.
    Broken(String),
}

/// A test that was run.
#[derive(Debug)]
struct Done {
    file: String,
    name: String,
    /// The line of its name.
    line: u32,
    verdict: Verdict,
    /// What every statement did to every record.
    trace: String,
    took: Duration,
}

/// What all tests came to.
#[derive(Default)]
struct Tests {
    done: Vec<Done>,
    coverage: Coverage,
    /// Whether a file as a whole was broken.
    broken: bool,
    /// Whether to go no further.
    stopped: bool,
}

async fn once(arguments: &TestArgs) -> Result<u8, String> {
    let files = discover::find(&arguments.paths)?;
    if files.is_empty() {
        return Err("there are no tests here; they stand in files named *_test.yaml".to_owned());
    }
    let mut tests = Tests::default();
    for found in &files {
        tests.file(arguments, found).await;
        if tests.stopped {
            break;
        }
    }
    if tests.done.is_empty() && !tests.broken {
        return Err(match &arguments.filter {
            Some(filter) => format!("no test has `{filter}` in its name"),
            None => "the files hold no tests".to_owned(),
        });
    }
    let covered = report_coverage(arguments, &tests.coverage)?;
    output::line(&report::summary(&tests.done));
    if let Some(path) = &arguments.junit {
        std::fs::write(path, junit::render(&tests.done))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    let any = |is: fn(&Verdict) -> bool| tests.done.iter().any(|done| is(&done.verdict));
    Ok(if tests.broken || any(|verdict| matches!(verdict, Verdict::Broken(_))) {
        BROKEN
    } else {
        u8::from(!covered || any(|verdict| matches!(verdict, Verdict::Failed(_))))
    })
}

/// Writes coverage as it was asked for. Answers whether there is enough of it.
fn report_coverage(arguments: &TestArgs, coverage: &Coverage) -> Result<bool, String> {
    let form = arguments.coverage.or(arguments.min.map(|_| Form::Text));
    let Some(form) = form else { return Ok(true) };
    let (text, usual) = match form {
        Form::Text => (report::coverage(coverage), None),
        Form::Lcov => (lcov::render(coverage), Some("lcov.info")),
        Form::Html => (html::render(coverage), Some("coverage.html")),
    };
    let path = arguments.coverage_file.as_deref().or(usual.map(Path::new));
    match path {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?,
        None => output::text(&text),
    }
    let (_, all) = coverage.sums();
    match arguments.min {
        Some(least) if all.percent() < least => {
            let message = format!("{:.1} % of the statements ran, --min is {least}", all.percent());
            output::note(&message);
            Ok(false)
        }
        _ => Ok(true),
    }
}

impl Tests {
    /// Runs the tests of a file.
    async fn file(&mut self, arguments: &TestArgs, found: &Found) {
        let file = file::read(&found.name, &found.text);
        let directory = found.path.parent().unwrap_or(Path::new(""));
        // As paths are shown.
        let directory = directory.strip_prefix(".").unwrap_or(directory);
        let wanted = |name: &str| {
            let filter = arguments.filter.as_ref().map(|filter| filter.to_lowercase());
            filter.is_none_or(|filter| name.to_lowercase().contains(&filter))
        };
        let any = file.tests.iter().any(|test| wanted(&test.name)) || !file.findings.is_empty();
        if any {
            output::line(&found.name);
        }
        output::diagnostics(&file.findings, &file.sources, Severity::Error);
        self.broken |= !file.findings.is_empty();
        let message = file.findings.first().map(|finding| finding.message.clone());
        for name in &file.broken {
            let verdict = Verdict::Broken(message.clone().unwrap_or_default());
            self.end(arguments, &found.name, name, 0, verdict, String::new(), Duration::ZERO);
        }
        let fatal = !file.findings.is_empty() && file.tests.is_empty();
        if fatal && file.broken.is_empty() {
            let verdict = Verdict::Broken(message.unwrap_or_default());
            let name = "the file as a whole";
            self.end(arguments, &found.name, name, 0, verdict, String::new(), Duration::ZERO);
        }
        self.stopped |= arguments.fail_fast && self.broken;
        if fatal || self.stopped || !any {
            return;
        }
        let configuration = match Configuration::load(&file, directory).await {
            Ok(configuration) => configuration,
            Err(broken) => {
                let message = said(&broken);
                self.broken = true;
                self.stopped |= arguments.fail_fast;
                for test in file.tests.iter().filter(|test| wanted(&test.name)) {
                    let line = line_of(&file, test);
                    let verdict = Verdict::Broken(message.clone());
                    let took = Duration::ZERO;
                    self.end(
                        arguments,
                        &found.name,
                        &test.name,
                        line,
                        verdict,
                        String::new(),
                        took,
                    );
                }
                return;
            }
        };
        configuration.declare(&mut self.coverage);
        for test in file.tests.iter().filter(|test| wanted(&test.name)) {
            let begun = Instant::now();
            let context =
                Around { arguments, file: &file, configuration: &configuration, directory };
            let (verdict, trace, coverage) = match context.test(test).await {
                Ok((outcome, failures)) => {
                    let verdict = match failures.is_empty() {
                        true => Verdict::Passed,
                        false => Verdict::Failed(failures),
                    };
                    (verdict, outcome.trace, outcome.coverage)
                }
                Err(broken) => (Verdict::Broken(said(&broken)), String::new(), Coverage::default()),
            };
            self.coverage.add(coverage);
            self.stopped |= arguments.fail_fast && !matches!(verdict, Verdict::Passed);
            let line = line_of(&file, test);
            self.end(arguments, &found.name, &test.name, line, verdict, trace, begun.elapsed());
            if self.stopped {
                return;
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // They are the fields of what is made here.
    fn end(
        &mut self,
        arguments: &TestArgs,
        file: &str,
        name: &str,
        line: u32,
        verdict: Verdict,
        trace: String,
        took: Duration,
    ) {
        let (file, name) = (file.to_owned(), name.to_owned());
        let done = Done { file, name, line, verdict, trace, took };
        output::text(&report::test(&done, arguments.trace, output::colors()));
        self.done.push(done);
    }
}

/// Says what is broken; answers with the first of it in a line.
fn said(broken: &Broken) -> String {
    output::diagnostics(&broken.findings, &broken.sources, Severity::Warning);
    broken.findings.first().map(|finding| finding.message.clone()).unwrap_or_default()
}

fn line_of(file: &TestFile, test: &Test) -> u32 {
    let place = file.sources.line_column(test.place.source, test.place.span.start);
    place.map(|(line, _)| line).unwrap_or_default()
}

/// What a test runs in.
struct Around<'a> {
    arguments: &'a TestArgs,
    file: &'a TestFile,
    configuration: &'a Configuration,
    directory: &'a Path,
}

impl Around<'_> {
    /// Runs a test and judges what became of it.
    async fn test(&self, test: &Test) -> Result<(Outcome, Vec<Failure>), Broken> {
        let Self { arguments, file, configuration, directory } = self;
        let outcome = trial::run(test, file, configuration, directory).await?;
        let mut failures = judge::judge(test, &outcome);
        failures.extend(asserts::failures(test, file, configuration.gates(), &outcome)?);
        if let Some(path) = &test.golden {
            let path = directory.join(path.as_str());
            failures.extend(golden::check(&path, &outcome.outputs, arguments.update));
        }
        if test.idempotent {
            failures.extend(self.again(test, &outcome).await?);
        }
        Ok((outcome, failures))
    }

    /// Whether what came out stays the same when it is put in.
    async fn again(&self, test: &Test, first: &Outcome) -> Result<Option<Failure>, Broken> {
        let inputs = first.outputs.clone();
        let second = trial::through(test, self.file, self.configuration, inputs).await?;
        let trees = |outcome: &Outcome| -> Vec<_> {
            let of = |signal: Signal| {
                outcome.outputs.iter().filter(move |batch| batch.signal() == signal)
            };
            Signal::ALL.into_iter().flat_map(of).map(golden::tree).collect()
        };
        Ok(golden::differences(&trees(first), &trees(&second)).map(|details| {
            Failure::new("a second run changes what the first made (first → second)", details)
        }))
    }
}
