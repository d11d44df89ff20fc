//! `vigie tenants plan` and `vigie tenants apply`.

use crate::commands::output;
use crate::ingest::registry::Registry;
use crate::tenancy::Directory;
use crate::tenancy::manifest::{
    self, Action, Applied, ApplyError, Conditions, Faults, Library, Manifest, Plan, PlanError,
    Prune, Source,
};
use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::process::ExitCode;

/// There are differences; nothing was changed.
const DIFFERENCES: u8 = 2;
/// Plans again when a running server grew the model meanwhile.
const ATTEMPTS: u32 = 5;

/// Options of `vigie tenants plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  vigie tenants plan tenants/*.toml

Exit codes: 0 no difference, 2 differences, 1 a wrong manifest or another error.")]
pub(super) struct PlanArgs {
    #[command(flatten)]
    manifests: ManifestArgs,
}

/// Options of `vigie tenants apply`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  BROKER_PASSWORD=… vigie tenants apply tenants/acme.toml --prune

Each client changes as a whole or not at all. Secrets are read here, from the environment
and the files the manifest names, and kept sealed.")]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    manifests: ManifestArgs,
    /// Remove without asking
    #[arg(long)]
    yes: bool,
}

/// Which manifests, and how they are taken.
#[derive(Debug, clap::Args)]
struct ManifestArgs {
    /// Manifests, one client each
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Remove what the manifests do not name, except what devices made by themselves
    #[arg(long)]
    prune: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows the difference.
pub(super) async fn plan(directory: &Directory, args: &PlanArgs) -> Result<ExitCode> {
    let args = &args.manifests;
    let Some(plans) = complain_of_faults(plans(directory, args).await)? else {
        return Ok(ExitCode::FAILURE);
    };
    show(&plans, args.json)?;
    if plans.iter().all(Plan::is_empty) {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(DIFFERENCES))
}

/// Makes the difference.
pub(super) async fn apply(directory: &Directory, args: &ApplyArgs) -> Result<ExitCode> {
    let Some(plans) = complain_of_faults(plans(directory, &args.manifests).await)? else {
        return Ok(ExitCode::FAILURE);
    };
    show(&plans, args.manifests.json)?;
    let removed = plans.iter().map(removals).sum::<usize>();
    if removed > 0 && !args.yes {
        let question = format!("Remove {removed} things?");
        if !output::confirm(&question)? {
            bail!("nothing was applied; --yes removes without asking");
        }
    }
    for plan in plans {
        let slug = plan.client.clone();
        if plan.is_empty() {
            continue;
        }
        let applied = apply_again(directory, &args.manifests, plan)
            .await
            .with_context(|| format!("client {slug} is as it was"))?;
        output::note(format!("client {slug}: applied"));
        tell_generated(&slug, &applied);
    }
    Ok(ExitCode::SUCCESS)
}

/// Applies, and plans again where a running server changed the model in between.
async fn apply_again(directory: &Directory, args: &ManifestArgs, plan: Plan) -> Result<Applied> {
    let mut plan = plan;
    for _ in 1..ATTEMPTS {
        match manifest::apply(directory, &plan).await {
            Err(ApplyError::Stale(_)) => {}
            done => return Ok(done?),
        }
        let again = plans(directory, args).await?;
        let slug = &plan.client;
        let same = again.into_iter().find(|other| other.client == *slug);
        let same = same.filter(|other| removals(other) <= removals(&plan));
        plan = same.with_context(|| format!("client {slug} changed meanwhile; plan again"))?;
    }
    Ok(manifest::apply(directory, &plan).await?)
}

fn removals(plan: &Plan) -> usize {
    let of_step = |step: &manifest::Step| {
        let points = step.points.iter();
        let points = points
            .filter(|point| point.action == Action::Remove)
            .count();
        if step.action == Action::Remove {
            1
        } else {
            points
        }
    };
    plan.steps.iter().map(of_step).sum()
}

async fn plans(directory: &Directory, args: &ManifestArgs) -> Result<Vec<Plan>> {
    let manifests = read(args)?;
    let environment = |name: &str| std::env::var(name).ok();
    let conditions = Conditions {
        checker: &Registry,
        environment: &environment,
        prune: if args.prune {
            Prune::Remove
        } else {
            Prune::Keep
        },
    };
    Ok(manifest::prepare(directory, &manifests, conditions).await?)
}

fn read(args: &ManifestArgs) -> Result<Vec<Manifest>> {
    let sources: Result<Vec<_>> = args
        .files
        .iter()
        .map(|path| Source::read(path).with_context(|| format!("cannot read {}", path.display())))
        .collect();
    Ok(manifest::parse(&sources?, Library::embedded()?)?)
}

/// Faults are printed one a line, as compilers do; nothing is left to be said then.
fn complain_of_faults(plans: Result<Vec<Plan>>) -> Result<Option<Vec<Plan>>> {
    let error = match plans {
        Ok(plans) => return Ok(Some(plans)),
        Err(error) => error,
    };
    let faults = match error.downcast_ref::<PlanError>() {
        Some(PlanError::Faults(faults)) => Some(faults),
        _ => error.downcast_ref::<Faults>(),
    };
    let Some(faults) = faults else {
        return Err(error);
    };
    output::note(faults);
    Ok(None)
}

fn show(plans: &[Plan], json: bool) -> Result<()> {
    if json {
        return output::json(&plans);
    }
    for plan in plans {
        output::line(plan.to_string().trim_end());
    }
    Ok(())
}

/// Secrets that were made up; they are shown here and never again.
fn tell_generated(slug: &str, applied: &Applied) {
    for (device, secret) in &applied.generated {
        let secret = secret.expose_secret();
        output::line(format!(
            "device {slug}/{device}: secret {secret} (shown once)"
        ));
    }
}
