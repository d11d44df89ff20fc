//! The ground the other tests stand on: databases are fresh, servers come back with their data.

use crate::support::{
    Mosquitto, Postgres, Process, Redis, SmallDisk, on_each_backend, scratch, wait,
};
use sqlx::{Connection, PgConnection};
use std::process::Command;
use std::time::Duration;

on_each_backend! {
    async fn a_test_database_is_empty_and_answers(database: TestDatabase) {
        database.db.ping().await.unwrap();
        database.reopen().await.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_crashed_postgres_comes_back_with_what_was_committed() {
    let mut server = Postgres::start().await;
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::query("create table kept as select 42 as answer")
        .execute(&mut connection)
        .await
        .unwrap();
    server.crash().await;
    assert!(PgConnection::connect(&server.url()).await.is_err());
    server.resume().await;
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    let answer: i32 = sqlx::query_scalar("select answer from kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(answer, 42);
}

#[tokio::test]
async fn a_killed_broker_and_a_killed_redis_come_back_on_their_ports() {
    let mut broker = Mosquitto::start().await;
    let mut redis = Redis::start().await;
    let urls = (broker.url(), redis.url());
    broker.kill();
    redis.kill();
    broker.resume().await;
    redis.resume().await;
    assert_eq!(urls, (broker.url(), redis.url()));
}

#[tokio::test]
async fn a_small_disk_fills_and_empties() {
    let folder = scratch();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mut program = Command::new("sh");
    program.args([
        "-c",
        "echo sample >\"$0/sample\"; echo written; exec sleep 60",
    ]);
    program.arg(&data);
    let mut command = SmallDisk::around(&program, &data, 1);
    let process = Process::start("sh", &mut command, &folder.path().join("log"));
    wait::until("the program writes", Duration::from_secs(10), async || {
        process.log().contains("written").then_some(())
    })
    .await;
    assert!(
        !data.join("sample").exists(),
        "the disk is the process's own"
    );
    let disk = SmallDisk::of(process.id(), &data);
    let beside = std::path::PathBuf::from(format!(
        "/proc/{}/root{}/beside",
        process.id(),
        data.display()
    ));
    disk.fill();
    assert!(std::fs::write(&beside, "sample").is_err());
    disk.free();
    std::fs::write(&beside, "sample").unwrap();
}
