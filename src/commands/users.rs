//! `vigie users`: people who sign in to the portal of a client.

use super::password::Password;
use super::person::{self, Person};
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Clock, Role, SystemClock};
use crate::store::tenant::{User, UserRow, users};
use crate::store::{StoreError, audit};
use crate::tenancy::{TenancyError, TenantScope, credentials, sign_out};
use anyhow::{Context, Result, bail};
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie users`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie users add acme ada@acme.example --name Ada --role admin")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add a user; prints a password unless one is given
    Add(AddArgs),
    /// List the users of a client
    List(ListArgs),
    /// Give a user another password and end all their sessions
    Reset(ResetArgs),
}

/// Options of `vigie users add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie users add acme ada@acme.example --name Ada --role admin")]
struct AddArgs {
    /// Slug of the client
    client: String,
    /// E-mail address, what the user signs in with
    email: String,
    /// What people call them
    #[arg(long)]
    name: String,
    /// admin, operator, member or viewer
    #[arg(long, default_value_t = Role::Viewer)]
    role: Role,
    /// Read the password from standard input instead of making one up
    #[arg(long)]
    password_stdin: bool,
}

/// Options of `vigie users list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie users list acme --json")]
struct ListArgs {
    /// Slug of the client
    client: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `vigie users reset`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie users reset acme ada@acme.example")]
struct ResetArgs {
    /// Slug of the client
    client: String,
    /// E-mail address of the user
    email: String,
    /// Read the password from standard input instead of making one up
    #[arg(long)]
    password_stdin: bool,
}

/// Runs one of the commands about users.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let scope = |slug: &str| {
        let known = directory.by_slug(slug);
        known.ok_or_else(|| TenancyError::Unknown(slug.to_owned()))
    };
    match args.command {
        Command::Add(args) => add(&scope(&args.client)?, &args).await?,
        Command::List(args) => list(&scope(&args.client)?, args.json).await?,
        Command::Reset(args) => reset(&scope(&args.client)?, &args).await?,
    }
    directory.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn add(scope: &TenantScope, args: &AddArgs) -> Result<()> {
    let email = person::email(&args.email)?;
    person::check_name(&args.name)?;
    let password = Password::choose(args.password_stdin)?;
    let hash = credentials::hash_chosen(&password.clear).await?;
    let user = User {
        email: email.clone(),
        name: args.name.clone(),
        role: args.role,
    };
    let now = SystemClock.now();
    let mut tx = scope.db().begin().await?;
    let id = match users::insert(&mut tx, &user, now).await {
        Err(StoreError::Duplicate(_)) => bail!("{} has a user {email} already", args.client),
        made => made.with_context(|| format!("cannot add {email}"))?,
    };
    users::set_password(&mut tx, id, &hash, password.is_made_up).await?;
    let fields = Fields::new()
        .with("email", user.email.as_str())
        .with("name", user.name.as_str())
        .with("role", user.role.as_str());
    let deed =
        Deed::new(Action::CREATED, Subject::person(id, &email)).after(fields.secret("password"));
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    password.tell(&email);
    Ok(())
}

async fn reset(scope: &TenantScope, args: &ResetArgs) -> Result<()> {
    let row = users::find_by_email(scope.db(), &args.email).await?;
    let row = row.with_context(|| format!("{} has no user {}", args.client, args.email))?;
    let password = Password::choose(args.password_stdin)?;
    let hash = credentials::hash_chosen(&password.clear).await?;
    let mut tx = scope.db().begin().await?;
    users::set_password(&mut tx, row.id, &hash, password.is_made_up).await?;
    sign_out::everywhere(&mut tx, row.id).await?;
    let deed = Deed::new(Action::CHANGED, Subject::person(row.id, &row.user.email))
        .after(Fields::new().secret("password"))
        .note("signed out everywhere");
    audit::record(&mut tx, SystemClock.now(), &Actor::COMMAND, &deed);
    tx.commit().await?;
    password.tell(&row.user.email);
    Ok(())
}

async fn list(scope: &TenantScope, json: bool) -> Result<()> {
    let rows = users::list(scope.db()).await?;
    let state = |row: &UserRow| match (row.disabled, &row.password_hash) {
        (true, _) => "disabled",
        (false, None) => "no password",
        (false, Some(_)) => "active",
    };
    let people = rows.iter().map(|row| Person {
        email: row.user.email.clone(),
        name: row.user.name.clone(),
        role: row.user.role.as_str(),
        state: state(row),
    });
    person::list(&people.collect::<Vec<_>>(), json)
}
