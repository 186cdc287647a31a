//! What the README says that can be checked.

use std::fs;
use std::path::Path;

/// Each "yes" of the table of what it can, beside the others, has a test, and the test is there.
#[test]
fn what_it_can_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let table = readme.lines().skip_while(|line| !line.starts_with("| | forebay | tokio"));
    let mut rows = 0;
    for row in table.skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [what, ours, .., test] = cells.as_slice() else { panic!("no row: {row}") };
        let test = test.trim_matches(['|', ' ', '`']);
        rows += 1;
        match test.split_once("::") {
            Some((module, name)) => {
                let source = root.join(format!("tests/it/{module}.rs"));
                let source =
                    fs::read_to_string(source).unwrap_or_else(|_| panic!("{what}: {test}"));
                assert!(source.contains(&format!("fn {name}(")), "{what}: no test {test}");
            }
            None if test.is_empty() => assert_eq!(*ours, "no", "{what}"),
            None => assert!(root.join(test).exists(), "{what}: {test}"),
        }
    }
    assert!(rows > 25, "{rows}");
}
