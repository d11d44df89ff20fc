//! Grants: which sites and which types of equipment a person sees below their role.

use crate::domain::{EquipmentTypeId, Grants, SiteId, UserId};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// What a person is granted.
pub async fn of(db: &Db, user: UserId) -> Result<Grants, StoreError> {
    Ok(Grants {
        sites: sites_of(db, user).await?,
        types: types_of(db, user).await?,
    })
}

/// Grants of all people: person and site, by person.
pub async fn list_sites(db: &Db) -> Result<Vec<(UserId, SiteId)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select user_id, site_id from user_sites order by user_id, site_id",
    )
    .fetch_all(pool))
}

/// Grants of all people: person and type of equipment, by person.
pub async fn list_types(db: &Db) -> Result<Vec<(UserId, EquipmentTypeId)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select user_id, type_id from user_types order by user_id, type_id",
    )
    .fetch_all(pool))
}

/// Grants a person exactly these; what they had before is gone.
pub async fn replace(tx: &mut Tx, user: UserId, grants: &Grants) -> Result<(), StoreError> {
    delete_sites(tx, user).await?;
    delete_types(tx, user).await?;
    for site in &grants.sites {
        insert_site(tx, user, *site).await?;
    }
    for kind in &grants.types {
        insert_type(tx, user, *kind).await?;
    }
    Ok(())
}

async fn sites_of(db: &Db, user: UserId) -> Result<Vec<SiteId>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select site_id from user_sites where user_id = $1 order by site_id",
    )
    .bind(user)
    .fetch_all(pool))
}

async fn types_of(db: &Db, user: UserId) -> Result<Vec<EquipmentTypeId>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select type_id from user_types where user_id = $1 order by type_id",
    )
    .bind(user)
    .fetch_all(pool))
}

async fn insert_site(tx: &mut Tx, user: UserId, site: SiteId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into user_sites (user_id, site_id) values ($1, $2) on conflict do nothing",
    )
    .bind(user)
    .bind(site)
    .execute(conn))?;
    Ok(())
}

async fn insert_type(tx: &mut Tx, user: UserId, kind: EquipmentTypeId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into user_types (user_id, type_id) values ($1, $2) on conflict do nothing",
    )
    .bind(user)
    .bind(kind)
    .execute(conn))?;
    Ok(())
}

async fn delete_sites(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from user_sites where user_id = $1")
        .bind(user)
        .execute(conn))?;
    Ok(())
}

async fn delete_types(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from user_types where user_id = $1")
        .bind(user)
        .execute(conn))?;
    Ok(())
}
