//! On PostgreSQL the login role of a client reaches its own database and nothing else.

use super::home::{Home, apply_text};
use super::minimal;
use crate::support::Backend;
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::str::FromStr;
use vigie::store::Db;
use vigie::tenancy::manifest::Prune;

/// Two clients on one server, and how the role of the first connects.
async fn two_clients() -> (Home, PgConnectOptions) {
    let home = Home::new(Backend::Postgres).await;
    let directory = home.open().await;
    for slug in ["one", "two"] {
        apply_text(&directory, &minimal(slug), Prune::Keep).await;
    }
    let scope = directory.by_slug("one").unwrap();
    let Db::Postgres(pool) = scope.db() else {
        panic!("not on PostgreSQL");
    };
    let role = (*pool.connect_options()).clone();
    (home, role)
}

fn control_database(home: &Home) -> String {
    let url = home.config().database_url.unwrap();
    let options = PgConnectOptions::from_str(url.expose_secret()).unwrap();
    options.get_database().unwrap().to_owned()
}

#[tokio::test]
async fn the_role_of_a_client_connects_to_its_own_database_only() {
    let (home, role) = two_clients().await;
    role.connect().await.unwrap().close().await.unwrap();
    let control = control_database(&home);
    let others = [
        format!("{control}_t_2"),
        control,
        "postgres".to_owned(),
        "template1".to_owned(),
    ];
    for database in others {
        let error = role
            .clone()
            .database(&database)
            .connect()
            .await
            .unwrap_err();
        let code = error
            .as_database_error()
            .and_then(|error| error.code().map(String::from));
        assert_eq!(code.as_deref(), Some("42501"), "{database}: {error}");
    }
}

#[tokio::test]
async fn the_role_of_a_client_makes_neither_databases_nor_roles() {
    let (_home, role) = two_clients().await;
    let mut connection = role.connect().await.unwrap();
    for statement in [
        "create database mine",
        "create role mine",
        "create schema mine",
    ] {
        let refused = sqlx::query(statement).execute(&mut connection).await;
        assert!(refused.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn the_password_of_a_role_is_sealed_in_the_control_database() {
    let (home, role) = two_clients().await;
    let url = home.config().database_url.unwrap();
    let mut control = PgConnection::connect(url.expose_secret()).await.unwrap();
    let sealed: Vec<u8> =
        sqlx::query_scalar("select database_secret from tenants where slug = 'one'")
            .fetch_one(&mut control)
            .await
            .unwrap();
    let password = role.to_url_lossy().password().unwrap().to_owned();
    assert!(password.len() >= 40);
    let clear = sealed
        .windows(password.len())
        .any(|bytes| bytes == password.as_bytes());
    assert!(!clear);
}
