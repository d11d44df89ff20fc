//! The files of the repository, as text and as Rust tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One file: its path from the top of the repository, with `/`, and its text.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: String,
    pub text: String,
}

/// One Rust token with its line. Comments are no tokens; doc comments are left out.
#[derive(Debug, Clone)]
pub struct Token {
    pub text: String,
    pub line: usize,
    pub is_literal: bool,
}

/// The top of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Source {
    /// A sample for the test of a rule.
    pub fn sample(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Every text file that git knows or would add.
    pub fn all() -> Vec<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root())
            .output()
            .expect("git lists the files");
        assert!(
            listed.status.success(),
            "the house tests read the files of a git checkout"
        );
        let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
        names.lines().filter_map(Self::read).collect()
    }

    /// Those under a folder, with an extension.
    pub fn under(folder: &str, extension: &str) -> Vec<Self> {
        let mut sources = Self::all();
        sources.retain(|source| source.path.starts_with(folder) && source.has_extension(extension));
        assert!(
            !sources.is_empty(),
            "there are .{extension} files under {folder}"
        );
        sources
    }

    /// Whether the name ends in this extension.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }

    /// Its Rust tokens in order, delimiters included.
    pub fn tokens(&self) -> Vec<Token> {
        let stream: TokenStream = self
            .text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", self.path));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        tokens
    }

    fn read(path: &str) -> Option<Self> {
        let text = std::fs::read_to_string(root().join(PathBuf::from(path))).ok()?;
        Some(Self {
            path: path.to_owned(),
            text,
        })
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        if tree.to_string() == "#" && trees.next_if(is_doc_attribute).is_some() {
            continue;
        }
        let line = tree.span().start().line;
        let mut push = |text: String, line, is_literal| {
            tokens.push(Token {
                text,
                line,
                is_literal,
            });
        };
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = delimiters(group.delimiter());
                push(open.to_owned(), line, false);
                let end = group.span_close().start().line;
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: end,
                    is_literal: false,
                });
            }
            TokenTree::Literal(literal) => push(literal.to_string(), line, true),
            other => push(other.to_string(), line, false),
        }
    }
}

fn is_doc_attribute(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket
        && group.stream().into_iter().next().is_some_and(|first| first.to_string() == "doc"))
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}
