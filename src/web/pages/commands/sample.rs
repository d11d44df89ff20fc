//! The part with everything in it, for the test that renders all pages.

use super::lines::{Choice, CommandLine, Control};
use super::{Asking, CommandsPart};
use crate::domain::{CommandId, EquipmentId, PointId};
use crate::web::condition::Condition;
use crate::web::words::Words;

impl CommandsPart {
    /// One control of each kind, and a command that failed.
    pub(in crate::web::pages) fn sample(words: Words) -> Self {
        let control = |choices: Vec<Choice>| Control {
            point: PointId(1),
            label: "<Barrier>".to_owned(),
            choices,
            value: "42".to_owned(),
            unit: "%",
            hint: words.with("command-range", &[("min", "0"), ("max", "100")]),
            nonce: "0".to_owned(),
        };
        let open = Choice {
            code: 2,
            label: "Opened".to_owned(),
            is_now: true,
        };
        Self {
            words,
            equipment: EquipmentId(1),
            controls: vec![control(Vec::new()), control(vec![open])],
            lines: vec![CommandLine {
                id: CommandId(1),
                mark: Condition::BadQuality.mark(),
                state: words.get("command-failed"),
                what: "Barrier → Opened".to_owned(),
                who: "C. Morel".to_owned(),
                when: "14:32:07".to_owned(),
                why: words.get("command-why-no-answer"),
                may_cancel: true,
            }],
            asking: Some(Asking {
                point: PointId(1),
                value: "2".to_owned(),
                nonce: "0".to_owned(),
                question: "?".to_owned(),
            }),
            fault: words.get("command-too-late"),
            is_under_way: true,
        }
    }
}
