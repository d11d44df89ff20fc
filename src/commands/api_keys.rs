//! `vigie api-keys`: bearer keys of programs.

use super::output;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Clock, KEY_RULE, SystemClock, Timestamp, is_key};
use crate::store::tenant::{ApiKey, ApiKeyRow, api_keys};
use crate::store::{StoreError, audit};
use crate::tenancy::{TenancyError, TenantScope, credentials};
use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie api-keys`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie api-keys create acme telegraf --scope write")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key; it is printed once
    Create(CreateArgs),
    /// List the keys of a client
    List(ListArgs),
    /// Refuse a key from now on
    Revoke(RevokeArgs),
}

/// Options of `vigie api-keys create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  curl -H \"Authorization: Bearer $(vigie api-keys create acme telegraf --scope write --quiet)\" …")]
struct CreateArgs {
    /// Slug of the client
    client: String,
    /// What people call it, unique in the client
    name: String,
    /// What it may do; repeat for more
    #[arg(long = "scope", value_enum, default_values_t = [Scope::Read])]
    scopes: Vec<Scope>,
    /// Days until it ends; absent, it does not
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    expires: Option<i64>,
    /// Print the key and nothing else
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Scope {
    /// Read values and the model
    Read,
    /// Send values
    Write,
    /// Change sites, types, equipment, connections and devices
    Configure,
    /// Change people, keys and the client itself
    Manage,
}

/// Options of `vigie api-keys list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie api-keys list acme --json")]
struct ListArgs {
    /// Slug of the client
    client: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `vigie api-keys revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie api-keys revoke acme telegraf")]
struct RevokeArgs {
    /// Slug of the client
    client: String,
    /// Name of the key
    name: String,
}

/// Runs one of the commands about keys.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let scope = |slug: &str| {
        let known = directory.by_slug(slug);
        known.ok_or_else(|| TenancyError::Unknown(slug.to_owned()))
    };
    match args.command {
        Command::Create(args) => create(&scope(&args.client)?, args).await?,
        Command::List(args) => list(&scope(&args.client)?, args.json).await?,
        Command::Revoke(args) => revoke(&scope(&args.client)?, &args.name).await?,
    }
    directory.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn create(scope: &TenantScope, mut args: CreateArgs) -> Result<()> {
    if !is_key(&args.name) {
        bail!("{:?} cannot be the name of a key: {KEY_RULE}", args.name);
    }
    args.scopes.sort();
    args.scopes.dedup();
    let words: Vec<_> = args.scopes.iter().map(|scope| scope.as_str()).collect();
    let secret = credentials::api_key();
    let clear = secret.expose_secret();
    let now = SystemClock.now();
    let key = ApiKey {
        name: args.name.clone(),
        prefix: credentials::shown_part(&secret),
        secret_hash: credentials::sha256(clear).to_vec(),
        scopes: words.join(" "),
        expires_at: args.expires.map(|days| now.plus(days * Timestamp::DAY)),
    };
    let mut tx = scope.db().begin().await?;
    match api_keys::insert(&mut tx, &key, now).await {
        Err(StoreError::Duplicate(_)) => {
            bail!("{} has a key {} already", args.client, args.name)
        }
        made => made.with_context(|| format!("cannot make key {}", args.name))?,
    };
    let fields = Fields::new()
        .with("scopes", key.scopes.as_str())
        .with("expires_at", key.expires_at.map(|at| at.to_string()));
    let deed = Deed::new(Action::CREATED, Subject::new("api-key", &args.name)).after(fields);
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    if args.quiet {
        output::line(clear);
    } else {
        output::line(format!("key {}: {clear} (shown once)", args.name));
    }
    Ok(())
}

async fn revoke(scope: &TenantScope, name: &str) -> Result<()> {
    let now = SystemClock.now();
    let mut tx = scope.db().begin().await?;
    if !api_keys::revoke(&mut tx, name, now).await? {
        bail!("{} has no key {name} that is let in", scope.tenant().slug);
    }
    let deed = Deed::new(Action::REVOKED, Subject::new("api-key", name));
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    output::line(format!("key {name} is revoked"));
    Ok(())
}

async fn list(scope: &TenantScope, json: bool) -> Result<()> {
    let rows = api_keys::list(scope.db()).await?;
    let now = SystemClock.now();
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let key = &row.api_key;
                serde_json::json!({
                    "name": key.name,
                    "prefix": key.prefix,
                    "scopes": key.scopes.split(' ').collect::<Vec<_>>(),
                    "state": state(row, now),
                    "expires_at": key.expires_at.map(|at| at.to_string()),
                    "last_used_at": row.last_used_at.map(|at| at.to_string()),
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let key = row.api_key.clone();
            let used = row
                .last_used_at
                .map_or("never".to_owned(), |at| at.to_string());
            [
                key.name,
                key.prefix,
                key.scopes,
                state(row, now).to_owned(),
                used,
            ]
        })
        .collect();
    output::table(["NAME", "PREFIX", "SCOPES", "STATE", "LAST USED"], &rows);
    Ok(())
}

fn state(row: &ApiKeyRow, now: Timestamp) -> &'static str {
    match (row.revoked_at, row.api_key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "active",
    }
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Configure => "configure",
            Self::Manage => "manage",
        }
    }
}
