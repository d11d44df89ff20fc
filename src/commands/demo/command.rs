//! `vigie demo`: two clients, thirty days of history, devices that speak real MQTT.

use super::sign_in::{self, SignIn};
use super::world::{HISTORY_DAYS, MANIFESTS, World};
use crate::commands::server::{Doors, Server, claim_data_folder, open_directory};
use crate::commands::shutdown;
use crate::config::Settings;
use crate::domain::{Clock, SystemClock};
use crate::ingest::registry::Registry;
use crate::tenancy::Directory;
use crate::tenancy::manifest::{self, Conditions, Library, Prune, Source};
use anyhow::{Context, Result};
use secrecy::SecretString;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where devices connect unless told otherwise; the next free port if it is taken.
const MQTT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1883);
/// How many ports after a taken one are tried.
const PORTS_TRIED: u16 = 100;

/// Options of `vigie demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  vigie demo
  vigie demo --data-dir /tmp/vigie-demo --listen 127.0.0.1:9090 --mqtt-listen 127.0.0.1:11883")]
pub(in crate::commands) struct Args {
    /// How many days of history the first start fills
    #[arg(long, value_name = "DAYS", default_value_t = HISTORY_DAYS)]
    history_days: u32,
}

/// Serves the demo until Ctrl-C or SIGTERM.
pub(in crate::commands) async fn run(mut settings: Settings, args: Args) -> Result<()> {
    let stop = shutdown::token()?;
    // Somebody tries it for themselves, with a broker beside it perhaps.
    settings.connections.inside = true;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let _claim = claim_data_folder(&settings)?;
    let mqtt = bind_near(settings.mqtt.listen.take().unwrap_or(MQTT_LISTEN)).await?;
    let (web, mqtt_address) = (settings.web.listen, mqtt.local_addr()?);
    let doors = Doors {
        mqtt: Some(mqtt),
        ..Doors::bind(&settings).await?
    };
    let web = SocketAddr::new(web.ip(), doors.web.local_addr()?.port());
    let directory = open_directory(&settings, Arc::clone(&clock)).await?;
    provision(&directory).await?;
    let password = sign_in::password(&settings.storage.data_dir)?;
    let base_domain = settings.web.base_domain.clone();

    let server = Server::open(settings, Arc::clone(&directory), Arc::clone(&clock)).await?;
    let clients = server.platform.clients();
    let ways_in = clients.iter().map(|client| Arc::clone(client.ingest()));
    let world = World::of(ways_in.collect(), clock).with_history_days(args.history_days);
    if stop
        .run_until_cancelled(world.fill_history())
        .await
        .transpose()?
        .is_none()
    {
        server.close().await;
        return Ok(());
    }
    let people = admit(&directory, &password).await?;
    welcome(&people, &password, &base_domain, web, mqtt_address);
    let devices = tokio::spawn(run_devices(world, mqtt_address, stop.clone()));
    server.run(doors, true, stop.clone()).await;
    stop.cancel();
    devices.await?;
    Ok(())
}

/// Makes the demo's clients where they are missing; what people changed since stays.
async fn provision(directory: &Directory) -> Result<()> {
    let missing: Vec<_> = MANIFESTS
        .iter()
        .map(|(name, text)| Source::named(name, *text))
        .collect();
    let mut manifests = manifest::parse(&missing, Library::embedded()?)?;
    manifests.retain(|wanted| directory.by_slug(&wanted.model.client.slug).is_none());
    let conditions = Conditions {
        checker: &Registry,
        environment: &|_| None,
        prune: Prune::Keep,
    };
    for plan in manifest::prepare(directory, &manifests, conditions).await? {
        manifest::apply(directory, &plan).await?;
    }
    Ok(())
}

async fn admit(directory: &Directory, password: &SecretString) -> Result<Vec<SignIn>> {
    let mut people = Vec::new();
    for scope in directory.active() {
        people.push(sign_in::admit(&scope, password).await?);
    }
    Ok(people)
}

async fn run_devices(world: World, endpoint: SocketAddr, stop: CancellationToken) {
    if let Err(error) = world.run(endpoint, stop).await {
        tracing::error!(
            error = format!("{error:#}"),
            "the simulated devices stopped"
        );
    }
}

/// Binds the address, or the next port that is free.
async fn bind_near(wanted: SocketAddr) -> Result<TcpListener> {
    for step in 0..=PORTS_TRIED {
        let Some(port) = wanted.port().checked_add(step) else {
            break;
        };
        match TcpListener::bind(SocketAddr::new(wanted.ip(), port)).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            bound => {
                return bound.with_context(|| format!("cannot listen on {wanted} (--mqtt-listen)"));
            }
        }
    }
    anyhow::bail!("no free port from {wanted} on; give another with --mqtt-listen")
}

#[expect(
    clippy::print_stdout,
    reason = "what the person who started the demo needs"
)]
fn welcome(
    people: &[SignIn],
    password: &SecretString,
    base_domain: &str,
    web: SocketAddr,
    mqtt: SocketAddr,
) {
    println!("\nVigie demo is ready.\n");
    for SignIn { slug, name, email } in people {
        println!("  {name}");
        println!("    portal    http://{slug}.{base_domain}:{}", web.port());
        println!("    sign in   {email}");
        println!("    password  {}\n", sign_in::clear(password));
    }
    println!("  MQTT        mqtt://{mqtt} (devices sign in as client/device)");
    println!("  Stop        Ctrl-C; the next start continues on the same data\n");
}
