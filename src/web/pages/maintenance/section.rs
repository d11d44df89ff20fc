//! Maintenance on the page of an equipment: what is due next, what was done last.

use crate::domain::EquipmentId;
use crate::store::tenant::WorkRow;
use crate::store::tenant::service::Service;
use crate::web::days;
use crate::web::value::Reader;

/// Lines of the section.
const SHOWN: usize = 5;

/// The section.
#[derive(Debug, Clone)]
pub struct Section {
    /// All of it.
    pub all: String,
    /// Where work is planned; none for who may not.
    pub plan: Option<String>,
    /// Whom to call, in lines.
    pub contact: Vec<String>,
    /// Where contact and warranty are written down; none for who may not.
    pub service: Option<String>,
    /// The most urgent first, then the latest that was done.
    pub lines: Vec<SectionLine>,
}

/// One piece of work.
#[derive(Debug, Clone)]
pub struct SectionLine {
    /// Its page.
    pub href: String,
    /// What to do.
    pub title: String,
    /// `due 20 Nov 2026`, `overdue since …`, `done …`.
    pub when: String,
    /// Whether its day is over.
    pub late: bool,
}

impl Section {
    /// The work on one equipment.
    pub fn of(
        equipment: EquipmentId,
        (rows, service): (&[WorkRow], Option<&Service>),
        may_plan: bool,
        reader: &Reader,
    ) -> Self {
        let plan = format!("/maintenance/new?equipment={equipment}");
        Self {
            all: format!("/maintenance?equipment={equipment}"),
            plan: may_plan.then_some(plan),
            contact: service
                .map(|known| contact(known, reader))
                .unwrap_or_default(),
            service: may_plan.then(|| format!("/equipment/{equipment}/service")),
            lines: rows
                .iter()
                .take(SHOWN)
                .map(|row| SectionLine::of(row, reader))
                .collect(),
        }
    }
}

impl SectionLine {
    /// One piece of work.
    pub fn of(row: &WorkRow, reader: &Reader) -> Self {
        let late = is_late(row, reader);
        Self {
            href: format!("/maintenance/{}", row.id),
            title: row.work.title.clone(),
            when: when(row, late, reader),
            late,
        }
    }
}

/// Name, number and address, and the warranty, as far as they are known.
fn contact(known: &Service, reader: &Reader) -> Vec<String> {
    let texts = [
        &known.contact_name,
        &known.contact_phone,
        &known.contact_email,
    ];
    let texts = texts.into_iter().filter(|text| !text.is_empty()).cloned();
    let warranty = known.warranty_until.map(|day| {
        let key = if day < days::today(reader) {
            "service-warranty-over"
        } else {
            "service-warranty"
        };
        let date = days::show(day, reader);
        reader.words.with(key, &[("date", &date)])
    });
    texts.chain(warranty).collect()
}

/// Whether it is not done and its day is over.
pub fn is_late(row: &WorkRow, reader: &Reader) -> bool {
    let due = row.work.due_on.filter(|_| row.work.done_on.is_none());
    due.is_some_and(|due| due < days::today(reader))
}

fn when(row: &WorkRow, late: bool, reader: &Reader) -> String {
    let (key, day) = match (row.work.done_on, row.work.due_on) {
        (Some(done), _) => ("maintenance-done-on", done),
        (None, Some(due)) if late => ("maintenance-late-since", due),
        (None, Some(due)) => ("maintenance-due-on", due),
        (None, None) => return reader.words.get("maintenance-no-day"),
    };
    reader
        .words
        .with(key, &[("date", &days::show(day, reader))])
}
