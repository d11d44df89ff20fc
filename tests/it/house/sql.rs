//! SQL lives in `src/store` and nowhere else.

use super::assert_none;
use super::source::{Source, Token};

/// How a statement begins; what follows must look like one too, prose may begin with "select".
const STATEMENTS: [(&str, &str); 9] = [
    ("select ", " from "),
    ("insert into ", "values"),
    ("insert into ", "select"),
    ("update ", " set "),
    ("delete from ", ""),
    ("create table ", ""),
    ("alter table ", ""),
    ("drop table ", ""),
    ("pragma ", ""),
];

#[test]
fn sql_is_only_in_the_store() {
    let mut faults = Vec::new();
    for file in Source::under("src/", "rs")
        .iter()
        .chain(&Source::under("connectors/", "rs"))
    {
        if !file.path.starts_with("src/store/") {
            faults.extend(faults_of(file));
        }
    }
    assert_none(&faults);
}

#[test]
fn sql_and_its_driver_are_noticed_elsewhere() {
    let sample = |text: &str| faults_of(&Source::sample("src/web/pages.rs", text)).len();
    assert_eq!(sample("fn f() { g(\"select id from users\") }"), 1);
    assert_eq!(
        sample("const Q: &str = r#\"\n  UPDATE users SET name = $1\"#;"),
        1
    );
    assert_eq!(sample("use sqlx::PgPool;"), 1);
    let noun = |text: &str| faults_of(&Source::sample("src/domain/id.rs", text)).len();
    assert_eq!(
        noun("#[derive(sqlx::Type)] #[sqlx(transparent)] struct Id(i64);"),
        0
    );
    assert_eq!(noun("use sqlx::PgPool;"), 1);
    assert_eq!(
        sample("/// `select id from users` is not run here.\nfn f() { g(\"Select a site\") }"),
        0
    );
}

fn faults_of(file: &Source) -> Vec<String> {
    let tokens = file.tokens();
    let mut faults = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if is_statement(token) || (token.text == "sqlx" && !is_noun(file, &tokens[index..])) {
            faults.push(format!(
                "{}:{}: SQL outside of src/store: {}",
                file.path, token.line, token.text
            ));
        }
    }
    faults
}

/// A noun of the domain may say how it is written into a column: `sqlx::Type`, `#[sqlx(transparent)]`.
fn is_noun(file: &Source, rest: &[Token]) -> bool {
    let words: String = rest
        .iter()
        .take(4)
        .map(|token| token.text.as_str())
        .collect();
    file.path.starts_with("src/domain/") && (words == "sqlx::Type" || words == "sqlx(transparent)")
}

fn is_statement(token: &Token) -> bool {
    let text = token
        .text
        .trim_start_matches(['r', '#', '"'])
        .trim_start()
        .to_lowercase();
    token.is_literal
        && STATEMENTS
            .iter()
            .any(|(head, then)| text.starts_with(head) && text.contains(then))
}
