//! `vigie staff`: people who run this platform and sign in on the console.

use super::output;
use super::password::Password;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Clock, StaffRole, SystemClock, normal_email, visible};
use crate::store::control::{Staff, StaffRow, staff, staff_sessions};
use crate::store::{Db, StoreError, audit};
use crate::tenancy::{CONSOLE, credentials};
use anyhow::{Context, Result, bail};
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie staff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie staff add ada@platform.example --name Ada --role admin")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add somebody; prints a password unless one is given
    Add(AddArgs),
    /// List the staff
    List(ListArgs),
    /// Refuse somebody from now on and end their sessions
    Disable(DisableArgs),
}

/// Options of `vigie staff add`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vigie staff add ada@platform.example --name Ada --role support"
)]
struct AddArgs {
    /// E-mail address, what they sign in with
    email: String,
    /// What clients see of them
    #[arg(long)]
    name: String,
    /// admin or support
    #[arg(long, default_value_t = StaffRole::Support)]
    role: StaffRole,
    /// Read the password from standard input instead of making one up
    #[arg(long)]
    password_stdin: bool,
}

/// Options of `vigie staff list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie staff list --json")]
struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Options of `vigie staff disable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie staff disable ada@platform.example")]
struct DisableArgs {
    /// E-mail address
    email: String,
}

/// Runs one of the commands about staff.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let control = directory.control();
    match args.command {
        Command::Add(args) => {
            add(control, &args).await?;
            let base = &settings.web.base_domain;
            output::line(format!("they sign in on {CONSOLE}.{base}"));
        }
        Command::List(args) => list(control, args.json).await?,
        Command::Disable(args) => disable(control, &args.email).await?,
    }
    directory.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn add(control: &Db, args: &AddArgs) -> Result<()> {
    let Some(email) = normal_email(&args.email) else {
        bail!(
            "{:?} is not an e-mail address like name@example.com",
            args.email
        );
    };
    if args.name.trim().is_empty() || visible(&args.name) != args.name {
        bail!(
            "{:?} cannot be a name: give one that people can read",
            args.name
        );
    }
    let password = Password::choose(args.password_stdin)?;
    let hash = credentials::hash_chosen(&password.clear).await?;
    let person = Staff {
        email: email.clone(),
        name: args.name.clone(),
        role: args.role,
    };
    let now = SystemClock.now();
    let mut tx = control.begin().await?;
    let id = match staff::insert(&mut tx, &person, &hash, now).await {
        Err(StoreError::Duplicate(_)) => bail!("the staff has {email} already"),
        made => made.with_context(|| format!("cannot add {email}"))?,
    };
    let fields = Fields::new()
        .with("email", email.as_str())
        .with("role", person.role.as_str());
    let subject = Subject::new("staff", id).named(&person.name);
    let deed = Deed::new(Action::CREATED, subject).after(fields.secret("password"));
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    password.tell(&email);
    Ok(())
}

async fn disable(control: &Db, email: &str) -> Result<()> {
    let row = staff::find_by_email(control, email).await?;
    let row = row.with_context(|| format!("the staff has no {email}"))?;
    let mut tx = control.begin().await?;
    staff::set_disabled(&mut tx, row.id, true).await?;
    staff_sessions::revoke_all_of(&mut tx, row.id).await?;
    let subject = Subject::new("staff", row.id).named(&row.staff.name);
    let deed = Deed::new(Action::REVOKED, subject).note("signed out everywhere");
    audit::record(&mut tx, SystemClock.now(), &Actor::COMMAND, &deed);
    tx.commit().await?;
    output::line(format!(
        "{}: disabled, signed out everywhere",
        row.staff.email
    ));
    Ok(())
}

async fn list(control: &Db, json: bool) -> Result<()> {
    let rows = staff::list(control).await?;
    let state = |row: &StaffRow| if row.disabled { "disabled" } else { "active" };
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let person = &row.staff;
                let (email, name, role) = (&person.email, &person.name, person.role);
                serde_json::json!({ "email": email, "name": name, "role": role, "state": state(row) })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let person = row.staff.clone();
            [
                person.email,
                person.role.to_string(),
                state(row).to_owned(),
                person.name,
            ]
        })
        .collect();
    output::table(["EMAIL", "ROLE", "STATE", "NAME"], &rows);
    Ok(())
}
