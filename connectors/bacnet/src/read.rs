//! Many properties of one device, in requests whose answers it can give.

use crate::ask::Line;
use crate::words::{self, Trouble, trouble};
use bacnet_services::rpm::ReadPropertyMultipleACK;
use bacnet_types::constructed::{PropertyReference, ReadAccessSpecification};
use bacnet_types::enums::PropertyIdentifier;
use bacnet_types::error::Error;
use bacnet_types::primitives::ObjectIdentifier;
use futures_util::future::join_all;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;

/// One property of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) object: ObjectIdentifier,
    pub(crate) property: PropertyIdentifier,
    pub(crate) index: Option<u32>,
}

impl Wanted {
    pub(crate) fn of(object: ObjectIdentifier, property: PropertyIdentifier) -> Self {
        Self {
            object,
            property,
            index: None,
        }
    }

    /// About how many bytes its answer takes, with its share of the object's.
    fn answer_bytes(self) -> usize {
        match self.property {
            PropertyIdentifier::OBJECT_NAME | PropertyIdentifier::DESCRIPTION => 60,
            PropertyIdentifier::STATE_TEXT => 150,
            PropertyIdentifier::INACTIVE_TEXT | PropertyIdentifier::ACTIVE_TEXT => 30,
            _ => 18,
        }
    }
}

/// The bytes of a property, or why there are none, in words.
pub(crate) type Answer = Result<Vec<u8>, String>;

/// A request that is under way: which of the wanted it asks for.
struct Batch {
    first: usize,
    wanted: Vec<Wanted>,
}

/// Bytes of answers that fit into one message of a device.
pub(crate) fn budget(largest: u32) -> usize {
    (largest.clamp(50, 1_476) as usize).saturating_sub(20)
}

/// Reads all, each with its own answer, in their order.
///
/// # Errors
/// When the device does not answer at all.
pub(crate) async fn read_all(line: &Line, wanted: &[Wanted]) -> Result<Vec<Answer>, Error> {
    let mut answers = vec![Err("not answered".to_owned()); wanted.len()];
    let mut waiting = VecDeque::from(split(wanted, 0, line.budget.load(Ordering::Relaxed)));
    while !waiting.is_empty() {
        let turn = line.requests.min(waiting.len());
        let now: Vec<_> = waiting.drain(..turn).collect();
        let outcomes = join_all(now.iter().map(|batch| read_batch(line, batch))).await;
        for (batch, outcome) in now.iter().zip(outcomes) {
            match outcome {
                Ok(values) => {
                    let place = batch.first..batch.first + values.len();
                    for (slot, value) in answers[place].iter_mut().zip(values) {
                        *slot = value;
                    }
                }
                Err(error) if trouble(&error) == Trouble::Silent => return Err(error),
                Err(error) => smaller(line, batch, &error, &mut waiting),
            }
        }
    }
    Ok(answers)
}

/// Asks again for less, and for less from now on.
fn smaller(line: &Line, batch: &Batch, error: &Error, waiting: &mut VecDeque<Batch>) {
    if trouble(error) == Trouble::NoService {
        line.takes_many.store(false, Ordering::Relaxed);
    }
    if trouble(error) == Trouble::TooLarge {
        let bytes: usize = batch
            .wanted
            .iter()
            .map(|wanted| wanted.answer_bytes())
            .sum();
        line.budget.fetch_min(bytes / 2, Ordering::Relaxed);
    }
    let half = batch.wanted.len() / 2;
    let (head, tail) = batch.wanted.split_at(half.max(1));
    let parts = [(batch.first, head), (batch.first + head.len(), tail)];
    for (first, part) in parts.into_iter().rev() {
        if !part.is_empty() {
            let wanted = part.to_vec();
            waiting.push_front(Batch { first, wanted });
        }
    }
}

/// In as few batches as the budget allows.
fn split(wanted: &[Wanted], first: usize, budget: usize) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut from = 0;
    let mut bytes = 0;
    for (place, one) in wanted.iter().enumerate() {
        bytes += one.answer_bytes();
        if bytes > budget && place > from {
            batches.push((from, place));
            (from, bytes) = (place, one.answer_bytes());
        }
    }
    batches.push((from, wanted.len()));
    let batch = |(from, to): (usize, usize)| Batch {
        first: first + from,
        wanted: wanted[from..to].to_vec(),
    };
    let full = batches.into_iter().filter(|(from, to)| from < to);
    full.map(batch).collect()
}

async fn read_batch(line: &Line, batch: &Batch) -> Result<Vec<Answer>, Error> {
    let many = line.takes_many.load(Ordering::Relaxed);
    if let [one] = batch.wanted[..] {
        return match line.read(one.object, one.property, one.index).await {
            Ok(bytes) => Ok(vec![Ok(bytes)]),
            Err(error) if trouble(&error) == Trouble::Silent => Err(error),
            Err(error) => Ok(vec![Err(words::sentence(&error))]),
        };
    }
    if !many {
        return read_singly(line, batch).await;
    }
    let answer = line.read_many(specifications(&batch.wanted)).await?;
    pair(&batch.wanted, answer)
}

async fn read_singly(line: &Line, batch: &Batch) -> Result<Vec<Answer>, Error> {
    let mut answers = Vec::with_capacity(batch.wanted.len());
    for one in &batch.wanted {
        match line.read(one.object, one.property, one.index).await {
            Ok(bytes) => answers.push(Ok(bytes)),
            Err(error) if trouble(&error) == Trouble::Silent => return Err(error),
            Err(error) => answers.push(Err(words::sentence(&error))),
        }
    }
    Ok(answers)
}

/// Properties of one object that stand side by side are asked for together.
fn specifications(wanted: &[Wanted]) -> Vec<ReadAccessSpecification> {
    let mut specifications: Vec<ReadAccessSpecification> = Vec::new();
    for one in wanted {
        let reference = PropertyReference {
            property_identifier: one.property,
            property_array_index: one.index,
        };
        match specifications.last_mut() {
            Some(last) if last.object_identifier == one.object => {
                last.list_of_property_references.push(reference);
            }
            _ => specifications.push(ReadAccessSpecification {
                object_identifier: one.object,
                list_of_property_references: vec![reference],
            }),
        }
    }
    specifications
}

/// Each answer must be to its question, in order (clause 15.7.1.2).
fn pair(wanted: &[Wanted], answer: ReadPropertyMultipleACK) -> Result<Vec<Answer>, Error> {
    let results = answer.list_of_read_access_results.into_iter();
    let elements = results.flat_map(|result| {
        let object = result.object_identifier;
        let elements = result.list_of_results.into_iter();
        elements.map(move |element| (object, element))
    });
    let answers: Vec<Answer> = elements
        .zip(wanted)
        .map_while(|((object, element), one)| {
            let is_it = object == one.object
                && element.property_identifier == one.property
                && element.property_array_index == one.index;
            let value = match (element.property_value, element.error) {
                (Some(bytes), _) => Ok(bytes),
                (None, Some((_, code))) => Err(words::fault(code)),
                (None, None) => Err("the device says nothing".to_owned()),
            };
            is_it.then_some(value)
        })
        .collect();
    if answers.len() == wanted.len() {
        return Ok(answers);
    }
    Err(Error::Encoding(
        "the answers are to other questions".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bacnet_types::enums::ObjectType;

    fn wanted(count: u32) -> Vec<Wanted> {
        let object = |n| ObjectIdentifier::new(ObjectType::ANALOG_INPUT, n).unwrap();
        let one = |n| Wanted::of(object(n), PropertyIdentifier::PRESENT_VALUE);
        (0..count).map(one).collect()
    }

    #[test]
    fn requests_are_as_large_as_the_device_can_answer() {
        let sizes = |largest| {
            let batches = split(&wanted(200), 0, budget(largest));
            assert_eq!(
                batches
                    .iter()
                    .map(|batch| batch.wanted.len())
                    .sum::<usize>(),
                200
            );
            batches[0].wanted.len()
        };
        assert_eq!(sizes(1_476), 80);
        assert_eq!(sizes(480), 25);
        assert_eq!(sizes(50), 1);
        assert!(split(&[], 0, 100).is_empty());
    }

    #[test]
    fn batches_know_their_place() {
        let batches = split(&wanted(10), 5, 18 * 4);
        let places: Vec<_> = batches.iter().map(|batch| batch.first).collect();
        assert_eq!(places, [5, 9, 13]);
    }

    #[test]
    fn an_answer_to_another_question_is_no_answer() {
        let answer = ReadPropertyMultipleACK {
            list_of_read_access_results: Vec::new(),
        };
        assert!(pair(&wanted(1), answer).is_err());
    }
}
