//! Galaxy's forms against the tools' own help: every parameter's `argument` is a flag, defaults and
//! choices agree, and the versions are those of the workspace.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use roxmltree::{Document, Node};
use testkit::{repository, run};

/// An element of a wrapper with its macros expanded.
#[derive(Clone, Debug)]
struct Element {
    tag: String,
    attributes: HashMap<String, String>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(node: Node) -> Self {
        Self {
            tag: node.tag_name().name().to_owned(),
            attributes: node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect(),
            text: node.text().unwrap_or_default().to_owned(),
            children: node.children().filter(Node::is_element).map(Self::of).collect(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn replace(&mut self, from: &str, to: &str) {
        for value in self.attributes.values_mut().chain(std::iter::once(&mut self.text)) {
            *value = value.replace(from, to);
        }
        self.children.iter_mut().for_each(|c| c.replace(from, to));
    }

    /// All elements below, and this one.
    fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.children.iter().flat_map(Self::all)).collect()
    }
}

/// The macros and tokens that a wrapper can name.
#[derive(Default)]
struct Macros {
    xml: HashMap<String, Element>,
    tokens: Vec<(String, String)>,
}

impl Macros {
    fn read(&mut self, element: &Element) {
        for child in &element.children {
            let name = child.get("name").unwrap_or_default().to_owned();
            match child.tag.as_str() {
                "xml" => drop(self.xml.insert(name, child.clone())),
                "token" => self.tokens.push((name, child.text.clone())),
                "import" => self.read(&Element::of(parsed(&child.text).root_element())),
                other => panic!("macro {other} is unknown to this test"),
            }
        }
    }

    fn expand(&self, element: &Element) -> Vec<Element> {
        if element.tag != "expand" {
            let children = element.children.iter().flat_map(|c| self.expand(c)).collect();
            return vec![Element { children, ..element.clone() }];
        }
        let name = element.get("macro").unwrap();
        let mut body = self.xml.get(name).unwrap_or_else(|| panic!("no macro {name}")).clone();
        for (attribute, default) in body.attributes.clone() {
            if let Some(token) = attribute.strip_prefix("token_") {
                let value = element.get(token).unwrap_or(&default).to_owned();
                body.replace(&format!("@{}@", token.to_uppercase()), &value);
            }
        }
        body.children.iter().flat_map(|c| self.expand(c)).collect()
    }
}

fn folder() -> PathBuf {
    repository().join("galaxy-wrappers")
}

/// The document of a file, kept for the whole run of the test.
fn parsed(name: &str) -> &'static Document<'static> {
    let text = fs::read_to_string(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let document = Document::parse(Box::leak(text.into_boxed_str())).unwrap_or_else(|e| panic!("{name}: {e}"));
    Box::leak(Box::new(document))
}

/// Every wrapper by the name of its file, with macros and tokens expanded.
fn wrappers() -> Vec<(String, Element)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".xml").filter(|t| *t != "macros") else { continue };
        let root = Element::of(parsed(&name).root_element());
        let mut macros = Macros::default();
        root.children.iter().filter(|c| c.tag == "macros").for_each(|m| macros.read(m));
        let mut whole = macros.expand(&root).remove(0);
        for (token, value) in &macros.tokens {
            whole.replace(token, value);
        }
        found.push((stem.to_owned(), whole));
    }
    assert!(!found.is_empty(), "no wrappers in {}", folder().display());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The tool that a wrapper is a form of, and what follows its name in that of the file: a sub-command.
fn command<'a>(wrapper: &'a Element, name: &'a str) -> (&'a str, Vec<&'a str>) {
    let asked = wrapper.children.iter().find(|c| c.tag == "version_command").map_or("", |c| c.text.as_str());
    let tool = asked.split_whitespace().next().unwrap_or_else(|| panic!("{name}.xml does not ask for a version"));
    let rest = name.strip_prefix(&tool.replace('-', "_"));
    let rest = rest.unwrap_or_else(|| panic!("{name}.xml is called otherwise than {tool}"));
    (tool, rest.split('_').filter(|word| !word.is_empty()).collect())
}

/// What `--help` says about a flag.
#[derive(Debug, Default)]
struct Flag {
    default: Option<String>,
    values: Vec<String>,
}

fn flags(wrapper: &Element, name: &str) -> HashMap<String, Flag> {
    let (tool, mut words) = command(wrapper, name);
    words.push("--help");
    let said = run(tool, &words);
    let mut flags: HashMap<String, Flag> = HashMap::new();
    let mut current = String::new();
    for line in said.ok().lines().map(str::trim) {
        let mut words = line.split([' ', ',', '[']).filter(|w| !w.is_empty()).take(2);
        if let Some(name) = words.find(|w| w.starts_with("--")).filter(|_| line.starts_with('-')) {
            name.clone_into(&mut current);
            flags.entry(current.clone()).or_default();
        }
        let Some(flag) = flags.get_mut(&current) else { continue };
        if let Some(value) = line.strip_prefix("- ").and_then(|l| l.split(':').next()) {
            flag.values.push(value.to_owned());
        }
        if let Some((_, rest)) = line.split_once("[default: ") {
            flag.default = rest.split(']').next().map(str::to_owned);
        }
    }
    flags
}

/// The parameters of the form: not those in the tests.
fn parameters(wrapper: &Element) -> Vec<&Element> {
    let inputs = wrapper.children.iter().find(|c| c.tag == "inputs").expect("no inputs");
    inputs.all().into_iter().filter(|e| e.tag == "param").collect()
}

#[test]
fn every_argument_is_a_flag_of_the_tool() {
    for (form, wrapper) in wrappers() {
        let flags = flags(&wrapper, &form);
        let mut seen = 0;
        for parameter in parameters(&wrapper) {
            let Some(argument) = parameter.get("argument") else { continue };
            assert!(flags.contains_key(argument), "{form}.xml: {argument} is no flag of the tool");
            seen += 1;
        }
        assert!(seen > 0, "{form}.xml has no parameter with an argument");
    }
}

#[test]
fn defaults_and_choices_are_the_tools() {
    for (form, wrapper) in wrappers() {
        let flags = flags(&wrapper, &form);
        for parameter in parameters(&wrapper) {
            let Some(flag) = parameter.get("argument").and_then(|a| flags.get(a)) else { continue };
            let name = parameter.get("argument").unwrap_or_default();
            let options: Vec<&Element> = parameter.children.iter().filter(|c| c.tag == "option").collect();
            let selected = options.iter().find(|o| o.get("selected") == Some("true")).and_then(|o| o.get("value"));
            if !flag.values.is_empty() {
                for value in options.iter().filter_map(|o| o.get("value")) {
                    assert!(flag.values.iter().any(|v| v == value), "{form}.xml: {name} has no choice {value}");
                }
            }
            // A default in words ("as the input") is an empty field.
            if let (Some(default), Some(selected)) = (&flag.default, selected)
                && !default.contains(' ')
            {
                assert_eq!(default, selected, "{form}.xml: the default of {name}");
            }
            if parameter.get("type") == Some("boolean") {
                assert_eq!(parameter.get("checked"), Some("false"), "{form}.xml: {name} is off unless given");
                assert_eq!(parameter.get("truevalue"), Some(name), "{form}.xml: {name}");
            }
        }
    }
}

#[test]
fn labels_and_help_are_there_for_everyone() {
    for (form, wrapper) in wrappers() {
        for parameter in parameters(&wrapper) {
            let name = parameter.get("argument").or(parameter.get("name")).unwrap_or("?");
            let label = parameter.get("label").unwrap_or_default();
            assert!(label.len() > 3, "{form}.xml: {name} has no label");
            let free = matches!(parameter.get("type"), Some("text" | "float" | "integer"));
            assert!(!free || parameter.get("help").is_some_and(|h| h.len() > 5), "{form}.xml: {name} has no help");
            let checked = parameter.children.iter().any(|c| c.tag == "validator");
            assert!(parameter.get("type") != Some("text") || checked, "{form}.xml: text of {name} is not validated");
        }
    }
}

#[test]
fn versions_are_those_of_the_workspace() {
    for (form, wrapper) in wrappers() {
        let (tool, _) = command(&wrapper, &form);
        let said = run(tool, &["--version"]);
        let version = said.ok().trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let stated = wrapper.get("version").unwrap_or_default();
        assert!(stated.starts_with(&format!("{version}+galaxy")), "{form}.xml says {stated}, {tool} is {version}");
        assert_eq!(wrapper.get("id"), Some(format!("pangeo_{form}").as_str()));
    }
}

/// What a text has between single stars, where ``code`` and **strong** words are none of it.
fn emphasised(text: &str) -> Vec<String> {
    let code = text.split("``").step_by(2).collect::<Vec<_>>().join(" ");
    let plain = code.replace("**", "\n\n");
    // Between stars in a paragraph: every second piece.
    let inside = plain.split("\n\n").flat_map(|paragraph| paragraph.split('*').skip(1).step_by(2));
    inside.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()).collect()
}

#[test]
fn help_calls_fields_and_choices_by_their_names() {
    let forms = wrappers();
    let names: Vec<String> = forms.iter().filter_map(|(_, w)| w.get("name")).map(str::to_lowercase).collect();
    for (form, wrapper) in &forms {
        let mut words = names.clone();
        for element in wrapper.all() {
            words.extend(
                ["label", "title", "name", "value"].iter().filter_map(|a| element.get(a)).map(str::to_lowercase),
            );
            words.extend((element.tag == "option").then(|| element.text.to_lowercase()));
        }
        let help = wrapper.children.iter().find(|c| c.tag == "help").map_or("", |h| h.text.as_str());
        for phrase in emphasised(help) {
            assert!(
                words.iter().any(|word| word.contains(&phrase)),
                "{form}.xml: its help says *{phrase}*, the form does not"
            );
        }
    }
}
