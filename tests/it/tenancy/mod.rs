//! Clients: each in a database of its own, made, migrated, suspended and removed.

pub(crate) mod commands;
mod custom_fields;
pub(crate) mod home;
mod isolation;
mod plans;
mod random_bacnet;
mod refusals;
mod rights;
mod round_trip;
mod store;

use home::{Home, apply_text, at_home};
use vigie::domain::TenantStatus;
use vigie::domain::audit::Actor;
use vigie::store::tenant::settings;
use vigie::tenancy::Directory;
use vigie::tenancy::manifest::Prune;

pub(crate) fn minimal(slug: &str) -> String {
    format!(
        "[client]\nslug = \"{slug}\"\nname = \"Client {slug}\"\nlocale = \"fr\"\ntime_zone = \"Europe/Paris\"\n"
    )
}

at_home! {
    async fn a_client_is_found_by_slug_and_by_host(home: Home) {
        let directory = home.open().await;
        let text = format!("{}hosts = [\"Portal.Acme.example\"]\n", minimal("acme"));
        apply_text(&directory, &text, Prune::Keep).await;
        for host in ["acme.vigie.example", "ACME.vigie.example:8080", "portal.acme.example."] {
            let scope = directory.by_host(host).unwrap();
            assert_eq!(scope.tenant().slug, "acme", "{host}");
        }
        for host in ["vigie.example", "other.vigie.example", "acme.example", ".vigie.example", ""] {
            assert!(directory.by_host(host).is_none(), "{host}");
        }
        assert_eq!(directory.active().len(), 1);
    }

    async fn another_process_finds_what_one_made(home: Home) {
        apply_text(&*home.open().await, &minimal("acme"), Prune::Keep).await;
        let again = home.open().await;
        let scope = again.by_slug("acme").unwrap();
        assert_eq!(settings::model_version(scope.db()).await.unwrap(), 0);
        assert!(scope.tenant().is_active());
    }

    async fn a_suspended_client_is_known_and_not_served(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &minimal("acme"), Prune::Keep).await;
        directory.set_status("acme", TenantStatus::Suspended, &Actor::COMMAND).await.unwrap();
        assert!(directory.active().is_empty());
        assert!(!directory.by_host("acme.vigie.example").unwrap().tenant().is_active());
        directory.set_status("acme", TenantStatus::Active, &Actor::COMMAND).await.unwrap();
        assert_eq!(directory.active().len(), 1);
    }

    async fn a_removed_client_leaves_nothing_and_its_slug_is_free(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &minimal("acme"), Prune::Keep).await;
        directory.remove("acme", &Actor::COMMAND).await.unwrap();
        assert!(directory.by_slug("acme").is_none());
        assert!(directory.list().await.unwrap().is_empty());
        apply_text(&directory, &minimal("acme"), Prune::Keep).await;
        assert_eq!(migrated(&directory).await, [("acme".to_owned(), true)]);
    }

    async fn provisioning_that_was_cut_short_is_finished_by_the_next_apply(home: Home) {
        let directory = home.open().await;
        let spec = home::read(&minimal("acme")).model.client;
        directory.provision(&spec).await.unwrap();
        assert!(directory.active().is_empty());
        let again = home.open().await;
        apply_text(&again, &minimal("acme"), Prune::Keep).await;
        assert_eq!(again.active().len(), 1);
    }

    async fn migrating_all_again_changes_nothing(home: Home) {
        let directory = home.open().await;
        for slug in ["a", "b", "c", "d", "e", "f"] {
            apply_text(&directory, &minimal(slug), Prune::Keep).await;
        }
        for _ in 0..2 {
            let migrated = migrated(&directory).await;
            assert_eq!(migrated.len(), 6);
            assert!(migrated.iter().all(|(_, done)| *done), "{migrated:?}");
        }
    }
}

async fn migrated(directory: &Directory) -> Vec<(String, bool)> {
    let migrated = directory.migrate_all().await.unwrap();
    let outcome = |one: vigie::tenancy::Migrated| (one.slug, one.outcome.is_ok());
    migrated.into_iter().map(outcome).collect()
}

#[tokio::test]
async fn a_client_with_a_broken_database_is_reported_and_the_others_serve() {
    let home = Home::new(crate::support::Backend::Sqlite).await;
    let directory = home.open().await;
    for slug in ["broken", "sound"] {
        apply_text(&directory, &minimal(slug), Prune::Keep).await;
    }
    directory.close().await;
    std::fs::write(
        home.config().data_dir.join("tenants/1.db"),
        "not a database",
    )
    .unwrap();
    let again = home.open().await;
    let migrated = again.migrate_all().await.unwrap();
    let reason = migrated[0].outcome.as_ref().unwrap_err().to_string();
    assert!(
        reason.contains("migrate the database of broken"),
        "{reason}"
    );
    assert!(migrated[1].outcome.is_ok());
    let sound = again.by_slug("sound").unwrap();
    settings::model_version(sound.db()).await.unwrap();
}

#[tokio::test]
async fn folders_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new(crate::support::Backend::Sqlite).await;
    home.open().await;
    for folder in ["", "tenants"] {
        let path = home.config().data_dir.join(folder);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
}
