//! Three clients on one platform, each with words that must never be seen by another.

use super::tokens;
use crate::support::{Backend, Redis, TestDatabase, Vigie};
use std::collections::HashMap;
use std::sync::Arc;
use vigie::domain::{Clock, Grants, PointId, Role, StaffRole, SystemClock, Timestamp, UserId};
use vigie::store::control::{Staff, StaffSession, staff, staff_sessions};
use vigie::store::tenant::{
    ApiKey, Session, ShareLink, SupportGrant, User, api_keys, connections, equipment,
    equipment_types, points, sessions, share_links, sites, support_grants, users,
};
use vigie::store::{Db, Tx};
use vigie::tenancy::{Directory, DirectoryConfig, TenantScope, credentials::sha256};

/// Slugs; how many things each makes and removes before, so that no number is that of another.
pub(super) const CLIENTS: [(&str, usize); 3] = [("alpha", 0), ("beta", 40), ("gamma", 80)];

/// A running platform, and the way to its databases.
pub(super) struct World {
    pub(super) vigie: Vigie,
    pub(super) redis: Redis,
    pub(super) clients: Vec<Client>,
    /// Access tokens, by client and name.
    tokens: HashMap<(&'static str, &'static str), String>,
}

/// One client and numbers of what it has.
pub(super) struct Client {
    pub(super) slug: &'static str,
    pub(super) ids: Ids,
    pub(super) hidden: Ids,
}

/// One of each noun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    pub(super) site: i64,
    pub(super) equipment: i64,
    pub(super) point: i64,
    pub(super) kind: i64,
    pub(super) user: i64,
    pub(super) connection: i64,
}

/// What only this client may see.
pub(super) fn canary(slug: &str) -> String {
    format!("zq7{slug}")
}

/// What of this client only those may see who were not narrowed.
pub(super) fn hidden_canary(slug: &str) -> String {
    format!("hq7{slug}")
}

impl World {
    pub(super) async fn open(backend: Backend) -> Self {
        let redis = Redis::start().await;
        let (vigie, database_url) = match backend {
            Backend::Sqlite => (Vigie::on_sqlite(), None),
            Backend::Postgres => {
                let url = TestDatabase::postgres_url().await;
                (Vigie::on_postgres(&url), Some(url))
            }
        };
        let mut vigie = vigie
            .with("VIGIE_REDIS_URL", &redis.url())
            .with("DEVICE_PASSWORD", "the password of a device");
        for (slug, before) in CLIENTS {
            vigie.apply(&manifest(slug, before));
            vigie.apply_pruned(&manifest(slug, 0));
        }
        vigie.start().await;
        let config = DirectoryConfig {
            data_dir: vigie.data_dir().to_owned(),
            database_url: database_url.map(Into::into),
            key: None,
            connections_per_client: 2,
            base_domain: "localhost".to_owned(),
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let directory = Directory::open(config, clock).await.unwrap();
        let mut clients = Vec::new();
        for (slug, _) in CLIENTS {
            clients.push(people(&directory.by_slug(slug).unwrap(), slug).await);
        }
        staff_of(&directory).await;
        let mut tokens = HashMap::new();
        for (slug, _) in CLIENTS {
            tokens.extend(tokens::of(&directory, slug).await);
        }
        Self {
            vigie,
            redis,
            clients,
            tokens,
        }
    }

    /// The access token of this name at a client.
    pub(super) fn token(&self, client: &str, name: &str) -> &str {
        let found = self
            .tokens
            .iter()
            .find(|((slug, one), _)| *slug == client && *one == name);
        found.expect("a token of this name").1
    }
}

/// A yard everybody of the client may see, a vault that grants leave out.
#[expect(clippy::format_collect, reason = "a manifest is made once")]
fn manifest(slug: &str, before: usize) -> String {
    let (seen, hidden) = (canary(slug), hidden_canary(slug));
    let filler: String = (0..before)
        .map(|n| {
            format!(
                "[[sites]]\nkey = \"f{n}\"\nname = \"f\"\n[[types]]\nkey = \"f{n}\"\nname = \"f\"\n\
                 [[equipment]]\nkey = \"f{n}\"\nname = \"f\"\nsite = \"f{n}\"\ntype = \"gauge\"\n\
                 [[users]]\nemail = \"f{n}@example.org\"\nname = \"f\"\nrole = \"viewer\"\n\
                 [[connections]]\nkey = \"f{n}\"\nname = \"f\"\nprotocol = \"http\"\n"
            )
        })
        .collect();
    format!(
        r#"
[client]
slug = "{slug}"
name = "{seen} client"
locale = "en"
time_zone = "Europe/Paris"

{filler}
[[devices]]
name = "probe"
password = {{ env = "DEVICE_PASSWORD" }}

[[sites]]
key = "yard"
name = "{seen} yard"
[[sites]]
key = "vault"
name = "{hidden} vault"

[[types]]
key = "gauge"
name = "{seen} gauge"
[[types.points]]
key = "level"
name = "{seen} level"
kind = "number"
[[types]]
key = "safe"
name = "{hidden} safe"
[[types.points]]
key = "door"
name = "{hidden} door"
kind = "number"

[[equipment]]
key = "{seen}-1"
name = "{seen} one"
site = "yard"
type = "gauge"
note = "{seen} note"
[[equipment]]
key = "{hidden}-1"
name = "{hidden} one"
site = "vault"
type = "safe"

[bacnet]
enabled = false
instance = 1
name = "{seen} device"
peers = ["192.0.2.0/24"]
[[bacnet.expose]]
type = "gauge"

[[connections]]
key = "{seen}"
name = "{seen} connection"
protocol = "mqtt-endpoint"
[[connections.routes]]
topic = "gauges/{{equipment}}"
points.level = {{ at = "/level" }}
"#
    )
}

/// Makes the people, keys and grants of a client; the secret of each says whose it is.
async fn people(scope: &TenantScope, slug: &'static str) -> Client {
    let (db, now) = (scope.db(), SystemClock.now());
    let (ids, hidden) = (ids(scope, "yard").await, ids(scope, "vault").await);
    let mut opened = Vec::new();
    let mut tx = db.begin().await.unwrap();
    for (name, role) in [
        ("admin", Role::Admin),
        ("operator", Role::Operator),
        ("keeper", Role::Operator),
        ("viewer", Role::Viewer),
        ("member", Role::Member),
        ("newcomer", Role::Member),
        ("disabled", Role::Admin),
    ] {
        let user = User {
            email: format!("{name}@{slug}.example"),
            name: format!("{} {name}", canary(slug)),
            role,
        };
        let id = users::insert(&mut tx, &user, now).await.unwrap();
        if matches!(name, "member" | "keeper") {
            grant(&mut tx, id, &ids).await;
        }
        users::set_disabled(&mut tx, id, name == "disabled")
            .await
            .unwrap();
        opened.push((id, secret(slug, name), now.plus(Timestamp::DAY)));
        opened.push((id, secret(slug, &format!("{name}-expired")), now));
    }
    for (name, scopes, end) in [
        ("read-key", "read", None),
        ("write-key", "write", None),
        ("expired-key", "read write", Some(now)),
        ("revoked-key", "read write", None),
    ] {
        key(&mut tx, slug, name, scopes, end).await;
    }
    api_keys::revoke(&mut tx, "revoked-key", now).await.unwrap();
    for (name, end) in [
        ("support", 60),
        ("support-expired", 0),
        ("support-revoked", 60),
    ] {
        support_of(&mut tx, slug, name, now.plus(end * Timestamp::SECOND * 60)).await;
    }
    for (name, end) in [("link", 60), ("link-expired", 0)] {
        let made = ShareLink {
            token_hash: sha256(&secret(slug, name)).to_vec(),
            dashboard_id: 1,
            points: vec![PointId(ids.point)],
            created_by: "user:1".to_owned(),
            expires_at: now.plus(end * Timestamp::SECOND * 60),
        };
        share_links::insert(&mut tx, &made, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (user, cookie, expires_at) in opened {
        session(db, user, &cookie, expires_at).await;
    }
    Client { slug, ids, hidden }
}

/// What carries somebody in: nobody could guess it, but a test can.
pub(super) fn secret(slug: &str, name: &str) -> String {
    format!("secret-of-{name}-at-{slug}")
}

async fn grant(tx: &mut Tx, user: UserId, ids: &Ids) {
    let granted = Grants {
        sites: vec![vigie::domain::SiteId(ids.site)],
        types: Vec::new(),
    };
    vigie::store::tenant::grants::replace(tx, user, &granted)
        .await
        .unwrap();
}

async fn session(db: &Db, user: UserId, cookie: &str, expires_at: Timestamp) {
    let now = SystemClock.now();
    let session = Session {
        token_hash: sha256(cookie).to_vec(),
        user_id: user,
        signed_in_at: now,
        last_seen_at: now,
        expires_at,
        address: None,
        user_agent: None,
        step: None,
        second_factor: false,
    };
    sessions::insert(db, &session).await.unwrap();
}

async fn key(tx: &mut Tx, slug: &str, name: &str, scopes: &str, end: Option<Timestamp>) {
    let key = ApiKey {
        name: name.to_owned(),
        prefix: "secret".to_owned(),
        secret_hash: sha256(&secret(slug, name)).to_vec(),
        scopes: scopes.to_owned(),
        expires_at: end,
    };
    api_keys::insert(tx, &key, SystemClock.now()).await.unwrap();
}

async fn support_of(tx: &mut Tx, slug: &str, name: &str, end: Timestamp) {
    let now = SystemClock.now();
    let given = SupportGrant {
        staff_id: vigie::domain::StaffId(1),
        staff_name: "Staff".to_owned(),
        staff_email: "staff@platform.example".to_owned(),
        reason: "a test of walls".to_owned(),
        expires_at: end,
    };
    let link = sha256(&secret(slug, &format!("{name}-link")));
    let id = support_grants::insert(tx, &given, &link, now)
        .await
        .unwrap();
    let cookie = sha256(&secret(slug, name));
    support_grants::enter(tx, id, &cookie, now).await.unwrap();
    if name == "support-revoked" {
        support_grants::revoke(tx, id, "user:1", now).await.unwrap();
    }
}

/// Staff of both roles, signed in on the console.
async fn staff_of(directory: &Directory) {
    let (control, now) = (directory.control(), SystemClock.now());
    for role in StaffRole::ALL {
        let person = Staff {
            email: format!("{role}@platform.example"),
            name: role.to_string(),
            role,
        };
        let mut tx = control.begin().await.unwrap();
        let id = staff::insert(&mut tx, &person, "-", now).await.unwrap();
        tx.commit().await.unwrap();
        let session = StaffSession {
            token_hash: sha256(&secret("console", role.as_str())).to_vec(),
            staff_id: id,
            expires_at: now.plus(Timestamp::DAY),
            address: None,
            user_agent: None,
            step: None,
        };
        staff_sessions::insert(control, &session, now)
            .await
            .unwrap();
    }
}

/// One of each noun on a site.
async fn ids(scope: &TenantScope, site: &str) -> Ids {
    let db = scope.db();
    let sites = sites::list(db).await.unwrap();
    let site = sites.iter().find(|row| row.site.key == site).unwrap().id;
    let all = equipment::list(db).await.unwrap();
    let thing = all
        .iter()
        .find(|row| row.equipment.site_id == site)
        .unwrap();
    let points = points::list(db).await.unwrap();
    let point = points
        .iter()
        .find(|row| row.equipment_id == thing.id)
        .unwrap();
    let kinds = equipment_types::list(db).await.unwrap();
    let kind = kinds
        .iter()
        .find(|row| row.id == thing.equipment.type_id)
        .unwrap();
    Ids {
        site: site.0,
        equipment: thing.id.0,
        point: point.id.0,
        kind: kind.id.0,
        user: users::list(db)
            .await
            .unwrap()
            .last()
            .map_or(0, |row| row.id.0),
        connection: connections::list(db).await.unwrap()[0].id.0,
    }
}
