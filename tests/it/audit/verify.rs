//! Reading: whatever is done to a log behind its back is noticed, and named.

use super::{migrated, moved, record};
use crate::support::{Backend, TestDatabase, on_each_backend};
use crate::tenancy::home::{apply_text, at_home};
use crate::tenancy::minimal;
use sqlx::AssertSqlSafe;
use vigie::domain::UserId;
use vigie::domain::audit::{Action, Actor, Deed, Subject};
use vigie::store::Db;
use vigie::tenancy::audit::{Broken, Verdict, verify};
use vigie::tenancy::manifest::Prune;

/// Somebody with the rights of the owner of the database and without scruples.
async fn tamper(db: &Db, statement: &str) -> Result<(), sqlx::Error> {
    let statement = AssertSqlSafe(statement.to_owned());
    match db {
        Db::Postgres(pool) => sqlx::raw_sql(statement).execute(pool).await.map(|_| ()),
        Db::Sqlite { write, .. } => sqlx::raw_sql(statement).execute(write).await.map(|_| ()),
    }
}

/// Takes away what refuses changes.
async fn disarm(db: &Db) {
    let triggers: &[&str] = if db.is_postgres() {
        &[
            "alter table audit_log disable trigger user",
            "alter table audit_persons disable trigger user",
            "alter table audit_head disable trigger user",
        ]
    } else {
        &[
            "drop trigger audit_log_is_not_updated",
            "drop trigger audit_log_is_not_deleted",
            "drop trigger audit_persons_only_go",
            "drop trigger audit_head_only_grows",
        ]
    };
    for trigger in triggers {
        tamper(db, trigger).await.unwrap();
    }
}

async fn five_entries(db: &Db) {
    migrated(db).await;
    let ada = Actor::user(UserId(7), "Ada", "ada@example.org");
    record(db, &ada, &[moved("a", 1), moved("a", 2), moved("a", 3)]).await;
    let invited = Deed::new(Action::INVITED, Subject::person(UserId(8), "Grace"));
    record(db, &Actor::COMMAND, &[invited, moved("b", 1)]).await;
}

on_each_backend! {
    async fn the_database_refuses_to_change_the_log(database: TestDatabase) {
        let db = &database.db;
        five_entries(db).await;
        for statement in [
            "update audit_log set detail = '{}' where id = 1",
            "delete from audit_log where id = 5",
            "update audit_persons set content = '{}'",
            "update audit_head set last = 4",
            "delete from audit_head",
        ] {
            let error = tamper(db, statement).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{statement}: {error}");
        }
        assert_eq!(verify(db, &[]).await.unwrap().unwrap().entries, 5);
    }

    async fn each_way_to_tamper_is_named_with_its_entry(database: TestDatabase) {
        five_entries(&database.db).await;
        let ways: [(&str, Broken); 7] = [
            ("update audit_log set detail = '{\"note\":\"x\"}' where id = 2", Broken::Changed(2)),
            ("update audit_log set at = at - 1 where id = 5", Broken::Changed(5)),
            ("update audit_log set actor = 'manifest' where id = 1", Broken::Changed(1)),
            ("delete from audit_persons where entry = 3; delete from audit_log where id = 3", Broken::Missing(3)),
            ("delete from audit_log where id = 5", Broken::Cut { found: 4, written: 5 }),
            ("update audit_persons set content = '{\"name\":\"Eve\"}' where entry = 3", Broken::Retold(3)),
            ("delete from audit_persons where entry = 4", Broken::Untold(4)),
        ];
        for (statement, broken) in ways {
            let backend = if database.db.is_postgres() { Backend::Postgres } else { Backend::Sqlite };
            let victim = TestDatabase::create(backend).await;
            five_entries(&victim.db).await;
            disarm(&victim.db).await;
            tamper(&victim.db, statement).await.unwrap();
            assert_eq!(verify(&victim.db, &[]).await.unwrap(), Err(broken), "{statement}");
        }
    }

    async fn a_tail_cut_off_with_its_count_is_noticed_by_a_checkpoint(database: TestDatabase) {
        let db = &database.db;
        five_entries(db).await;
        let before = verify(db, &[]).await.unwrap().unwrap();
        disarm(db).await;
        tamper(db, "delete from audit_persons where entry > 3").await.unwrap();
        tamper(db, "delete from audit_log where id > 3").await.unwrap();
        tamper(db, "update audit_head set last = 3").await.unwrap();
        assert_eq!(verify(db, &[]).await.unwrap().unwrap().entries, 3);
        let cut = Broken::Cut { found: 3, written: 5 };
        assert_eq!(verify(db, &[before]).await.unwrap(), Err(cut));
        // Written on, as if nothing had been there.
        record(db, &Actor::COMMAND, &[moved("c", 1), moved("c", 2), moved("c", 3)]).await;
        assert_eq!(verify(db, &[before]).await.unwrap(), Err(Broken::Rewritten(5)));
    }
}

at_home! {
    async fn the_command_verifies_every_log_and_remembers_how_far_it_went(home: Home) {
        let directory = home.open().await;
        for slug in ["acme", "zeta"] {
            apply_text(&directory, &minimal(slug), Prune::Keep).await;
            assert_eq!(home.vigie(&["devices", "create", slug, "gw"]).code, 0);
        }
        let whole = home.vigie(&["audit", "verify"]);
        let lines: Vec<_> = whole.out.lines().collect();
        assert_eq!((whole.code, lines.len()), (0, 3), "{whole:?}");
        assert!(lines[1].starts_with("{\"log\":\"acme\",\"entries\":1,"), "{whole:?}");
        let file = home.path().join("checkpoints.jsonl");
        std::fs::write(&file, &whole.out).unwrap();
        let file = file.to_str().unwrap();
        assert_eq!(home.vigie(&["audit", "verify", "zeta", "--checkpoints", file]).code, 0);
        std::fs::write(file, whole.out.replace("\"entries\":1,", "\"entries\":2,")).unwrap();
        let forged = home.vigie(&["audit", "verify", "--checkpoints", file]);
        assert!(forged.code == 1 && forged.err.contains("was changed"), "{forged:?}");

        let acme = directory.by_slug("acme").unwrap();
        disarm(acme.db()).await;
        tamper(acme.db(), "delete from audit_persons; delete from audit_log").await.unwrap();
        tamper(acme.db(), "update audit_head set last = 0").await.unwrap();
        let cut = home.vigie(&["audit", "verify"]);
        assert_eq!((cut.code, cut.out.lines().count()), (1, 2), "{cut:?}");
        assert!(cut.err.contains("acme: the log ends at entry 0, and 1 were written"), "{cut:?}");
    }

    async fn what_was_recorded_before_there_was_a_chain_begins_it(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &minimal("acme"), Prune::Keep).await;
        let acme = directory.by_slug("acme").unwrap();
        tamper(acme.db(), "insert into changes_before_audit (at, actor, what, subject, detail) values \
            (1, 'manifest', 'created', 'site lyon', ''), (2, 'command', 'revoked', 'API key telegraf', 'lost')").await.unwrap();
        for _ in 0..2 {
            assert!(directory.migrate_all().await.unwrap().iter().all(|one| one.outcome.is_ok()));
        }
        let changes = vigie::store::audit::changes(acme.db(), 10).await.unwrap();
        assert_eq!((changes.len(), changes[0].key.as_str(), changes[0].id), (1, "lyon", 1));
        let logs = directory.audit_logs(Some("acme")).unwrap();
        let Verdict::Whole(checkpoint) = directory.verify_audit(&logs[0], &[]).await.unwrap() else {
            panic!("the chain is whole");
        };
        assert_eq!(checkpoint.head.entries, 2);
    }
}
