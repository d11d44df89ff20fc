//! Dashboards: who sees and changes them, and every change with its entry in the audit log.
//!
//! Invariant: a dashboard that is stored passed `Layout::check`, and is changed only by whoever
//! saw its newest version.

use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::dashboard::{Layout, LayoutFault, Tile};
use crate::domain::{
    Access, DashboardId, Permission, PointId, Principal, ShareLinkId, Timestamp, UserId, visible,
};
use crate::store::tenant::dashboards::{self, Dashboard, DashboardRow};
use crate::store::tenant::share_links::{self, ShareLink};
use crate::store::{Db, StoreError, Tx, audit};
use serde_json::Value;

/// Characters of a name.
pub const LONGEST_NAME: usize = 80;
/// A year.
const LONGEST_LINK_H: i64 = 8_760;
/// Dashboards of one client.
pub const MOST: i64 = 1_000;

/// Why a dashboard is not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum DashboardError {
    /// There is none, or it is another's.
    #[error("there is no such dashboard")]
    Unknown,
    /// They may look at it and not change it.
    #[error("this dashboard is not theirs to change")]
    NotTheirs,
    /// They may not show dashboards to others.
    #[error("they may not share dashboards")]
    MayNotShare,
    /// Somebody else changed it meanwhile.
    #[error("the dashboard was changed meanwhile")]
    Stale,
    /// It needs a name, of at most 80 characters that can be read.
    #[error("a name has 1 to 80 characters that can be read")]
    Name,
    /// A tile is not as it should be.
    #[error(transparent)]
    Layout(#[from] LayoutFault),
    /// A link lasts at least an hour and at most a year.
    #[error("a link lasts 1 to 8,760 hours")]
    Hours,
    /// The client has as many as there may be.
    #[error("a client has at most 1,000 dashboards")]
    TooMany,
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody wants a dashboard to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What people call it.
    pub name: String,
    /// Whether everybody of the client sees it.
    pub shared: bool,
    /// Its tiles.
    pub layout: Layout,
    /// Those of its points that whoever wishes it sees: what links to it show from now on.
    pub shown: Vec<PointId>,
}

/// Who wants it.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// What they may do.
    pub access: &'a Access,
    /// As the log names them.
    pub actor: &'a Actor,
    /// When.
    pub at: Timestamp,
}

impl Wish {
    /// An empty one.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            shared: false,
            layout: Layout::default(),
            shown: Vec::new(),
        }
    }

    /// What a stored dashboard is; tiles that cannot be read are left out.
    pub fn of(row: &DashboardRow) -> Self {
        Self {
            name: row.dashboard.name.clone(),
            shared: row.dashboard.shared,
            layout: layout(row),
            shown: Vec::new(),
        }
    }

    fn check(mut self) -> Result<Self, DashboardError> {
        self.name = self.name.trim().to_owned();
        let length = self.name.chars().count();
        if !(1..=LONGEST_NAME).contains(&length) || visible(&self.name) != self.name {
            return Err(DashboardError::Name);
        }
        self.layout.check()?;
        Ok(self)
    }

    fn stored(&self) -> Dashboard {
        Dashboard {
            name: self.name.clone(),
            shared: self.shared,
            layout: serde_json::to_string(&self.layout).unwrap_or_default(),
        }
    }

    fn fields(&self) -> Fields {
        let tiles: Vec<Value> = self.layout.tiles.iter().map(told).collect();
        Fields::new()
            .with("name", self.name.as_str())
            .with("shared", self.shared)
            .with("tiles", tiles)
    }
}

/// A tile in the log: what it shows, not the words somebody wrote on it.
fn told(tile: &Tile) -> Value {
    let points: Vec<_> = tile.points.iter().map(ToString::to_string).collect();
    format!("{} {}", tile.kind.as_str(), points.join(" "))
        .trim()
        .into()
}

/// The tiles of a stored dashboard.
pub fn layout(row: &DashboardRow) -> Layout {
    serde_json::from_str(&row.dashboard.layout).unwrap_or_default()
}

/// The person who asks, if it is one.
pub const fn person(access: &Access) -> Option<UserId> {
    match access.principal {
        Principal::User(id) => Some(id),
        _ => None,
    }
}

/// Whether they see it: their own, and what is shared in the client.
pub fn may_see(access: &Access, row: &DashboardRow) -> bool {
    match access.principal {
        Principal::Share(_) => false,
        _ => row.dashboard.shared || is_theirs(access, row),
    }
}

/// Whether they change it: their own; what is shared, also whoever manages the client.
pub fn may_change(access: &Access, row: &DashboardRow) -> bool {
    is_theirs(access, row)
        || (row.dashboard.shared && access.may(Permission::ManageClient))
        || (row.owner_id.is_none() && access.may(Permission::ShareDashboards))
}

fn is_theirs(access: &Access, row: &DashboardRow) -> bool {
    row.owner_id.is_some() && row.owner_id == person(access)
}

/// One that they see.
pub async fn seen(
    db: &Db,
    access: &Access,
    id: DashboardId,
) -> Result<DashboardRow, DashboardError> {
    let row = dashboards::find(db, id).await?;
    row.filter(|row| may_see(access, row))
        .ok_or(DashboardError::Unknown)
}

/// Makes one. What a program makes belongs to nobody and is shared.
pub async fn create(db: &Db, by: By<'_>, wish: Wish) -> Result<DashboardId, DashboardError> {
    let mut wish = wish.check()?;
    let owner = person(by.access);
    wish.shared |= owner.is_none();
    if wish.shared && !by.access.may(Permission::ShareDashboards) {
        return Err(DashboardError::MayNotShare);
    }
    if dashboards::count(db).await? >= MOST {
        return Err(DashboardError::TooMany);
    }
    let mut tx = db.begin().await?;
    let id = dashboards::insert(&mut tx, &wish.stored(), owner, by.at).await?;
    let deed = Deed::new(Action::CREATED, subject(id, &wish.name)).after(wish.fields());
    audit::record(&mut tx, by.at, by.actor, &deed);
    tx.commit().await?;
    Ok(id)
}

/// Changes one that is still at `version`; the version it has then.
pub async fn update(
    db: &Db,
    by: By<'_>,
    id: DashboardId,
    version: i64,
    wish: Wish,
) -> Result<i64, DashboardError> {
    let wish = wish.check()?;
    let row = changeable(db, by.access, id).await?;
    let shares_anew = wish.shared && !row.dashboard.shared;
    if shares_anew && !by.access.may(Permission::ShareDashboards) {
        return Err(DashboardError::MayNotShare);
    }
    let mut tx = db.begin().await?;
    if !dashboards::update(&mut tx, id, version, &wish.stored(), by.at).await? {
        return Err(DashboardError::Stale);
    }
    for link in share_links::list_of(db, id.0).await? {
        share_links::set_points(&mut tx, link.id, &wish.shown).await?;
    }
    let deed = Deed::new(Action::CHANGED, subject(id, &wish.name))
        .before(Wish::of(&row).fields())
        .after(wish.fields());
    record(&mut tx, by, &deed);
    tx.commit().await?;
    Ok(version + 1)
}

/// Removes one that is still at `version`.
pub async fn remove(
    db: &Db,
    by: By<'_>,
    id: DashboardId,
    version: i64,
) -> Result<(), DashboardError> {
    let row = changeable(db, by.access, id).await?;
    let mut tx = db.begin().await?;
    if !dashboards::delete(&mut tx, id, version).await? {
        return Err(DashboardError::Stale);
    }
    share_links::delete_of(&mut tx, id.0).await?;
    let deed = Deed::new(Action::REMOVED, subject(id, &row.dashboard.name))
        .before(Wish::of(&row).fields());
    record(&mut tx, by, &deed);
    Ok(tx.commit().await?)
}

/// Makes a link that shows these points of a dashboard for so many hours; of its secret only
/// the hash comes here.
pub async fn share(
    db: &Db,
    by: By<'_>,
    id: DashboardId,
    (token_hash, points): (Vec<u8>, Vec<PointId>),
    hours: i64,
) -> Result<ShareLinkId, DashboardError> {
    let row = changeable(db, by.access, id).await?;
    if !by.access.may(Permission::ShareDashboards) {
        return Err(DashboardError::MayNotShare);
    }
    if !(1..=LONGEST_LINK_H).contains(&hours) {
        return Err(DashboardError::Hours);
    }
    let expires_at = by.at.plus(hours * Timestamp::HOUR);
    let link = ShareLink {
        token_hash,
        dashboard_id: id.0,
        points,
        created_by: by.actor.hand.to_string(),
        expires_at,
    };
    let mut tx = db.begin().await?;
    let made = share_links::insert(&mut tx, &link, by.at).await?;
    let fields = Fields::new()
        .with("link", made.0)
        .with("expires_at", expires_at.to_string());
    let deed = Deed::new(Action::GRANTED, subject(id, &row.dashboard.name)).after(fields);
    record(&mut tx, by, &deed);
    tx.commit().await?;
    Ok(made)
}

/// Ends a link to a dashboard; whoever looks is sent away.
pub async fn unshare(
    db: &Db,
    by: By<'_>,
    id: DashboardId,
    link: ShareLinkId,
) -> Result<(), DashboardError> {
    let row = changeable(db, by.access, id).await?;
    let links = share_links::list_of(db, id.0).await?;
    if !links.iter().any(|known| known.id == link) {
        return Err(DashboardError::Unknown);
    }
    let mut tx = db.begin().await?;
    if share_links::revoke(&mut tx, link, by.at).await? {
        let fields = Fields::new().with("link", link.0);
        let deed = Deed::new(Action::REVOKED, subject(id, &row.dashboard.name)).before(fields);
        record(&mut tx, by, &deed);
    }
    Ok(tx.commit().await?)
}

fn record(tx: &mut Tx, by: By<'_>, deed: &Deed) {
    audit::record(tx, by.at, by.actor, deed);
}

async fn changeable(
    db: &Db,
    access: &Access,
    id: DashboardId,
) -> Result<DashboardRow, DashboardError> {
    let row = seen(db, access, id).await?;
    if may_change(access, &row) {
        Ok(row)
    } else {
        Err(DashboardError::NotTheirs)
    }
}

fn subject(id: DashboardId, name: &str) -> Subject {
    Subject::new("dashboard", id).named(name)
}
