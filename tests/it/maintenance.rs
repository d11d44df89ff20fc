//! The maintenance log: what is planned and done, by whom, and that two who write notice each other.

use crate::support::on_each_backend;
use vigie::domain::audit::{Actor, Hand};
use vigie::domain::{EquipmentId, Timestamp, UserId};
use vigie::store::Db;
use vigie::store::audit::{self, Filter};
use vigie::store::tenant::maintenance_files;
use vigie::store::tenant::service::{self, Service};
use vigie::store::tenant::{
    self, Equipment, EquipmentType, Site, Work, equipment, equipment_types, maintenance, sites,
};
use vigie::tenancy::attachments::{AttachmentError, LARGEST, add, set_service};
use vigie::tenancy::maintenance::{By, MaintenanceError, change, plan, remove};

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

async fn lift(db: &Db) -> EquipmentId {
    tenant::migrate(db).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let site = Site {
        parent_id: None,
        key: "hall".to_owned(),
        name: "Hall".to_owned(),
        address: None,
        latitude: None,
        longitude: None,
        time_zone: "UTC".to_owned(),
        position: 0,
    };
    let kind = EquipmentType {
        key: "lift".to_owned(),
        name: "Lift".to_owned(),
        name_fr: None,
        icon: "device".to_owned(),
        brick_class: None,
        haystack_tags: "[]".to_owned(),
        bookable: false,
    };
    let lift = Equipment {
        site_id: sites::insert(&mut tx, &site, NOON).await.unwrap(),
        parent_id: None,
        type_id: equipment_types::insert(&mut tx, &kind).await.unwrap(),
        key: "l1".to_owned(),
        name: "Lift 1".to_owned(),
        model: None,
        serial: None,
        note: None,
    };
    let id = equipment::insert(&mut tx, &lift, "manifest", NOON)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

fn work(title: &str, due_on: Option<i64>) -> Work {
    Work {
        title: title.to_owned(),
        notes: String::new(),
        due_on,
        done_on: None,
        done_by: None,
    }
}

fn ada() -> Actor {
    Actor::user(UserId(7), "Ada", "ada@example.org")
}

on_each_backend! {
    async fn the_most_urgent_comes_first_and_what_was_done_keeps_who_did_it(database: TestDatabase) {
        let db = &database.db;
        let on = (lift(db).await, "l1");
        let actor = ada();
        let by = By { actor: &actor, at: NOON };
        let oil = plan(db, by, on, work("Oil", Some(20_900))).await.unwrap();
        plan(db, by, on, work("Whenever", None)).await.unwrap();
        plan(db, by, on, work("Rope", Some(20_800))).await.unwrap();
        let titles = async || -> Vec<String> {
            let rows = maintenance::list_open(db, 10).await.unwrap();
            rows.into_iter().map(|row| row.work.title).collect()
        };
        assert_eq!(titles().await, ["Rope", "Oil", "Whenever"]);
        let done = Work { done_on: Some(20_850), ..work("Oil", Some(20_900)) };
        change(db, by, oil, 1, done.clone()).await.unwrap();
        assert_eq!(titles().await, ["Rope", "Whenever"]);
        let other = Actor::of(Hand::Command);
        let corrected = Work { notes: "5 l".to_owned(), ..done };
        change(db, By { actor: &other, at: NOON }, oil, 2, corrected).await.unwrap();
        let row = maintenance::find(db, oil).await.unwrap().unwrap();
        assert_eq!(row.work.done_by.as_deref(), Some("user:7"), "who did it stays");
        let all = maintenance::list_of(db, on.0).await.unwrap();
        assert_eq!(all.last().unwrap().id, oil, "what is done comes last");
    }

    async fn files_are_bounded_told_by_their_bytes_and_go_with_their_work(database: TestDatabase) {
        let db = &database.db;
        let on = (lift(db).await, "l1");
        let actor = ada();
        let by = By { actor: &actor, at: NOON };
        let id = plan(db, by, on, work("Oil", None)).await.unwrap();
        let file = add(db, by, id, "report.exe", b"%PDF-1.7 x".to_vec()).await.unwrap();
        let kept = maintenance_files::find(db, id, file).await.unwrap().unwrap();
        assert_eq!((kept.media_type.as_str(), kept.content.len()), ("application/pdf", 10));
        for name in ["", "a/b", "..\\b", "a\u{202e}b"] {
            let refused = add(db, by, id, name, vec![1]).await;
            assert!(matches!(refused, Err(AttachmentError::Name)), "{name:?}");
        }
        assert!(matches!(add(db, by, id, "x", Vec::new()).await, Err(AttachmentError::Empty)));
        let large = vec![0; LARGEST + 1];
        assert!(matches!(add(db, by, id, "x", large).await, Err(AttachmentError::TooLarge)));
        for n in 1..20 {
            add(db, by, id, &format!("{n}.txt"), vec![b'x']).await.unwrap();
        }
        assert!(matches!(add(db, by, id, "x", vec![1]).await, Err(AttachmentError::Full)));
        remove(db, by, id, 1).await.unwrap();
        assert_eq!(maintenance_files::total_size(db).await.unwrap(), 0);
    }

    async fn contact_and_warranty_are_kept_and_the_log_names_nobody(database: TestDatabase) {
        let db = &database.db;
        let on = (lift(db).await, "l1");
        let actor = ada();
        let by = By { actor: &actor, at: NOON };
        let known = Service {
            contact_name: "Grace".to_owned(),
            contact_email: "grace@example.org".to_owned(),
            warranty_until: Some(21_000),
            ..Service::default()
        };
        set_service(db, by, on, &known).await.unwrap();
        assert!(matches!(set_service(db, by, on, &known).await, Err(AttachmentError::Stale)));
        let again = service::find(db, on.0).await.unwrap().unwrap();
        assert_eq!((again.contact_name.as_str(), again.version), ("Grace", 1));
        let wrong = Service { contact_email: "nowhere".to_owned(), ..again };
        let refused = set_service(db, by, on, &wrong).await;
        assert!(matches!(refused, Err(AttachmentError::Contact("contact_email"))));
        let log = format!("{:?}", audit::list(db, &Filter::default(), 10).await.unwrap());
        assert!(log.contains("warranty_until") && !log.contains("race"), "{log}");
    }

    async fn two_who_write_notice_each_other_and_nonsense_is_refused(database: TestDatabase) {
        let db = &database.db;
        let on = (lift(db).await, "l1");
        let actor = ada();
        let by = By { actor: &actor, at: NOON };
        let id = plan(db, by, on, work("Oil", None)).await.unwrap();
        change(db, by, id, 1, work("Oil it", None)).await.unwrap();
        let late = change(db, by, id, 1, work("Grease", None)).await;
        assert!(matches!(late, Err(MaintenanceError::Stale)));
        assert!(matches!(remove(db, by, id, 1).await, Err(MaintenanceError::Stale)));
        for title in ["", " ", &"x".repeat(121)] {
            let refused = plan(db, by, on, work(title, None)).await;
            assert!(matches!(refused, Err(MaintenanceError::Title)));
        }
        for day in [-1, 2_932_896, i64::MAX] {
            let refused = plan(db, by, on, work("Oil", Some(day))).await;
            assert!(matches!(refused, Err(MaintenanceError::Day("due_on"))));
        }
        remove(db, by, id, 2).await.unwrap();
        let filter = Filter { noun: Some("maintenance".to_owned()), ..Filter::default() };
        let entries = audit::list(db, &filter, 10).await.unwrap();
        let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["removed", "changed", "created"]);
    }
}
