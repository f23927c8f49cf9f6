//! `holt completion` and `holt man`: scripts and pages made from the command line itself.

use crate::common::Sandbox;

/// The subcommands that `holt --help` lists.
fn subcommands() -> Vec<String> {
    let help = Sandbox::new().holt(&["--help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.trim().is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_every_subcommand() {
    let subcommands = subcommands();
    assert!(subcommands.len() > 10, "{subcommands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Sandbox::new().holt(&["completion", shell]);
        assert_eq!(script.code, Some(0), "{script}");
        for name in &subcommands {
            assert!(script.stdout.contains(name.as_str()), "{shell} does not know {name}");
        }
    }
    assert_eq!(Sandbox::new().holt(&["completion", "tcsh"]).code, Some(2));
}

#[test]
fn a_page_tells_the_flags_of_a_subcommand() {
    insta::assert_snapshot!(Sandbox::new().holt(&["man", "explain"]).stdout);
    let missing = Sandbox::new().holt(&["man", "explan"]);
    assert_eq!(missing.code, Some(2), "{missing}");
    assert!(missing.stderr.contains("did you mean `explain`?"), "{missing}");
}

fn read(sandbox: &Sandbox, page: &str) -> String {
    std::fs::read_to_string(sandbox.path().join("pages/man1").join(page)).unwrap()
}

#[test]
fn all_pages_are_written() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.holt(&["man", "--out", "pages/man1"]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(0), ""), "{outcome}");
    let whole = read(&sandbox, "holt.1");
    for name in subcommands().iter().filter(|name| *name != "help") {
        assert!(whole.contains(&name.replace('-', "\\-")), "{name} is not in holt.1");
        assert!(read(&sandbox, &format!("holt-{name}.1")).contains(".SH SYNOPSIS"));
    }
}

#[test]
fn every_command_stands_on_the_page() {
    let page = include_str!("../../docs/commands.md");
    for name in subcommands().iter().filter(|name| *name != "help") {
        assert!(page.contains(&format!("| `{name}` | ")), "docs/commands.md lacks {name}");
        assert!(
            page.contains(&format!("| `holt {name}")) || page.contains(&format!("(holt {name}"))
        );
    }
}
