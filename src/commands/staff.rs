//! `vigie staff`: people who run this platform and sign in on the console.

use super::output;
use super::password::Password;
use super::person::{self, Person};
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Clock, StaffRole, SystemClock};
use crate::store::control::{Staff, StaffRow, staff, staff_sessions};
use crate::store::{Db, StoreError, app_codes, audit};
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
    /// Take away the second factor of somebody who lost it, and end their sessions
    ResetFactor(ResetFactorArgs),
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

/// Options of `vigie staff reset-factor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie staff reset-factor ada@platform.example")]
struct ResetFactorArgs {
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
        Command::ResetFactor(args) => reset_factor(control, &args.email).await?,
    }
    directory.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn add(control: &Db, args: &AddArgs) -> Result<()> {
    let email = person::email(&args.email)?;
    person::check_name(&args.name)?;
    let password = Password::choose(args.password_stdin)?;
    let hash = credentials::hash_chosen(&password.clear).await?;
    let given = Staff {
        email: email.clone(),
        name: args.name.clone(),
        role: args.role,
    };
    let now = SystemClock.now();
    let mut tx = control.begin().await?;
    let id = match staff::insert(&mut tx, &given, &hash, now).await {
        Err(StoreError::Duplicate(_)) => bail!("the staff has {email} already"),
        made => made.with_context(|| format!("cannot add {email}"))?,
    };
    let fields = Fields::new()
        .with("email", email.as_str())
        .with("role", given.role.as_str());
    let subject = Subject::new("staff", id).named(&given.name);
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

async fn reset_factor(control: &Db, email: &str) -> Result<()> {
    let row = staff::find_by_email(control, email).await?;
    let row = row.with_context(|| format!("the staff has no {email}"))?;
    let mut tx = control.begin().await?;
    app_codes::delete(&mut tx, row.id.0).await?;
    app_codes::delete_recovery_codes(&mut tx, row.id.0).await?;
    staff_sessions::revoke_all_of(&mut tx, row.id).await?;
    let subject = Subject::new("staff", row.id).named(&row.staff.name);
    let deed = Deed::new(Action::FACTOR_REMOVED, subject).note("signed out everywhere");
    audit::record(&mut tx, SystemClock.now(), &Actor::COMMAND, &deed);
    tx.commit().await?;
    let email = row.staff.email;
    output::line(format!(
        "{email}: the password alone opens the console again, signed out everywhere"
    ));
    Ok(())
}

async fn list(control: &Db, json: bool) -> Result<()> {
    let rows = staff::list(control).await?;
    let state = |row: &StaffRow| if row.disabled { "disabled" } else { "active" };
    let people = rows.iter().map(|row| Person {
        email: row.staff.email.clone(),
        name: row.staff.name.clone(),
        role: row.staff.role.as_str(),
        state: state(row),
    });
    person::list(&people.collect::<Vec<_>>(), json)
}
