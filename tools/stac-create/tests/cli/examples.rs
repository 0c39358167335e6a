//! The examples of `--help` do what they say.

#[test]
fn the_examples_of_the_help_work() {
    testkit::check_examples("stac-create");
}
