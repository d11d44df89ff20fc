//! The commands about clients, run as a person or a script runs them.

use super::home::{Home, NOON, at_home};
use super::minimal;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use vigie::store::tenant::{api_keys, devices, users};
use vigie::tenancy::credentials;

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn vigie(&self, arguments: &[&str]) -> Answer {
        let config = self.config();
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(&config.data_dir);
        command.args(["--log", "warn"]).stdin(Stdio::null());
        if let Some(url) = &config.database_url {
            command.env("VIGIE_DATABASE_URL", url.expose_secret());
        }
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

at_home! {
    async fn a_plan_tells_by_its_exit_code_whether_there_is_a_difference(home: Home) {
        let manifest = home.write("acme.toml", &minimal("acme"));
        let manifest = shown(&manifest);
        assert_eq!(home.vigie(&["tenants", "plan", manifest]).code, 2);
        let applied = home.vigie(&["tenants", "apply", manifest]);
        assert_eq!(applied.code, 0, "{applied:?}");
        assert!(applied.out.contains("+ client acme \"Client acme\""), "{applied:?}");
        let again = home.vigie(&["tenants", "plan", manifest, "--json"]);
        assert_eq!(again.code, 0, "{again:?}");
        let plans: serde_json::Value = serde_json::from_str(&again.out).unwrap();
        assert_eq!(plans[0]["steps"], serde_json::json!([]));
        let exported = home.vigie(&["tenants", "export", "acme"]).out;
        let exported = home.write("exported.toml", &exported);
        assert_eq!(home.vigie(&["tenants", "plan", shown(&exported), "--prune"]).code, 0);
    }

    async fn a_wrong_manifest_is_answered_like_a_compiler_does(home: Home) {
        let good = home.write("good.toml", &minimal("good"));
        let wrong = home.write("wrong.toml", &(minimal("wrong") + "colour = 1\n"));
        for verb in ["plan", "apply"] {
            let answer = home.vigie(&["tenants", verb, shown(&good), shown(&wrong)]);
            assert_eq!(answer.code, 1);
            let place = format!("{}:6:1: client.colour: unknown key", wrong.display());
            assert!(answer.err.starts_with(&place), "{answer:?}");
        }
        assert!(!home.vigie(&["tenants", "list"]).out.contains("good"));
        assert_eq!(home.vigie(&["tenants", "plan", "/no/such/file"]).code, 1);
        assert_eq!(home.vigie(&["tenants", "plan"]).code, 1);
        assert_eq!(home.vigie(&["tenants", "--help"]).code, 0);
    }

    async fn nothing_is_removed_without_a_yes(home: Home) {
        let site = "[[sites]]\nkey = \"a\"\nname = \"A\"\n";
        let full = home.write("full.toml", &(minimal("acme") + site));
        let empty = home.write("empty.toml", &minimal("acme"));
        assert_eq!(home.vigie(&["tenants", "apply", shown(&full)]).code, 0);
        let refused = home.vigie(&["tenants", "apply", shown(&empty), "--prune"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.out.contains("- site a") && refused.err.contains("--yes"), "{refused:?}");
        assert_eq!(home.vigie(&["tenants", "plan", shown(&full), "--prune"]).code, 0);
        assert_eq!(home.vigie(&["tenants", "apply", shown(&empty), "--prune", "--yes"]).code, 0);
        assert_eq!(home.vigie(&["tenants", "remove", "acme"]).code, 1);
        assert_eq!(home.vigie(&["tenants", "remove", "acme", "--yes"]).code, 0);
        assert!(!home.vigie(&["tenants", "list"]).out.contains("acme"));
    }

    async fn credentials_are_printed_once_and_kept_as_hashes(home: Home) {
        let manifest = home.write("acme.toml", &minimal("acme"));
        home.vigie(&["tenants", "apply", shown(&manifest)]);
        let add = ["users", "add", "acme", "Ada@acme.example", "--name", "Ada", "--role", "admin"];
        let password = last_secret(&home.vigie(&add), "password");
        let device = last_secret(&home.vigie(&["devices", "create", "acme", "gw"]), "password");
        let key = home.vigie(&["api-keys", "create", "acme", "telegraf", "--scope", "write", "--quiet"]);
        let directory = home.open().await;
        let db = directory.by_slug("acme").unwrap().db().clone();
        let ada = users::find_by_email(&db, "ada@acme.example").await.unwrap().unwrap();
        assert!(ada.must_change_password);
        assert!(credentials::verify(&password, ada.password_hash.as_deref()).await.unwrap());
        let row = devices::find_by_name(&db, "gw").await.unwrap().unwrap();
        assert!(credentials::verify(&device, Some(&row.secret_hash)).await.unwrap());
        let hash = credentials::sha256(key.out.trim());
        let row = api_keys::find_by_hash(&db, &hash, NOON).await.unwrap().unwrap();
        assert!(row.allows("write") && !row.allows("read"));
        assert_eq!(home.vigie(&add).code, 1);
        let again = last_secret(&home.vigie(&["users", "reset", "acme", "ada@acme.example"]), "password");
        assert_ne!(again.expose_secret(), password.expose_secret());
        assert_eq!(home.vigie(&["devices", "revoke", "acme", "gw"]).code, 0);
        assert_eq!(home.vigie(&["devices", "revoke", "acme", "gw"]).code, 1);
        assert_eq!(home.vigie(&["api-keys", "revoke", "acme", "telegraf"]).code, 0);
        for noun in ["users", "devices", "api-keys"] {
            let listed = home.vigie(&[noun, "list", "acme", "--json"]);
            let rows: Vec<serde_json::Value> = serde_json::from_str(&listed.out).unwrap();
            assert_eq!(rows.len(), 1, "{listed:?}");
            assert!(!listed.out.contains(again.expose_secret()));
            assert_eq!(home.vigie(&[noun, "list", "nobody"]).code, 1);
        }
    }

    async fn a_suspended_client_is_listed_as_such_and_resumes(home: Home) {
        let manifest = home.write("acme.toml", &minimal("acme"));
        home.vigie(&["tenants", "apply", shown(&manifest)]);
        assert_eq!(home.vigie(&["tenants", "suspend", "acme"]).code, 0);
        assert!(home.vigie(&["tenants", "list"]).out.contains("suspended"));
        assert_eq!(home.vigie(&["tenants", "resume", "acme"]).code, 0);
        assert!(home.vigie(&["tenants", "list"]).out.contains("active"));
        assert_eq!(home.vigie(&["migrate"]).out, "acme: up to date\n");
    }
}

/// The word after `name` in what a command printed.
fn last_secret(answer: &Answer, name: &str) -> SecretString {
    assert_eq!(answer.code, 0, "{answer:?}");
    let words: Vec<_> = answer.out.split_whitespace().collect();
    let at = words.iter().position(|word| *word == name).unwrap();
    SecretString::from(words[at + 1])
}

#[tokio::test]
async fn migrate_fails_where_a_client_does_and_does_the_others() {
    let home = Home::new(crate::support::Backend::Sqlite).await;
    for slug in ["broken", "sound"] {
        let manifest = home.write("client.toml", &minimal(slug));
        home.vigie(&["tenants", "apply", shown(&manifest)]);
    }
    std::fs::write(
        home.config().data_dir.join("tenants/1.db"),
        "not a database",
    )
    .unwrap();
    let answer = home.vigie(&["migrate"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(
        answer
            .out
            .contains("broken: migrate the database of broken"),
        "{answer:?}"
    );
    assert!(answer.out.contains("sound: up to date"), "{answer:?}");
}
