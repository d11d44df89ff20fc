//! The line to one device: every request to it goes this way, within its budget.

use crate::find::{Place, Route};
use crate::network::Network;
use bacnet_client::log_reader::{LogRequester, unsigned_value};
use bacnet_services::cov::SubscribeCOVRequest;
use bacnet_services::read_property::{ReadPropertyACK, ReadPropertyRequest};
use bacnet_services::read_range::{
    ReadRangeAck, ReadRangeReply, ReadRangeRequest, ReadRangeValidation,
};
use bacnet_services::rpm::{ReadPropertyMultipleACK, ReadPropertyMultipleRequest};
use bacnet_services::write_property::WritePropertyRequest;
use bacnet_types::constructed::ReadAccessSpecification;
use bacnet_types::enums::{ConfirmedServiceChoice, PropertyIdentifier};
use bacnet_types::error::Error;
use bacnet_types::primitives::ObjectIdentifier;
use bytes::{Bytes, BytesMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use vigie_contract::StatusBoard;

/// A device that was found.
pub(crate) struct Line {
    pub(crate) network: Arc<Network>,
    pub(crate) place: Place,
    /// Bytes of answers it may be asked for at once; shrinks when it says that is too much.
    pub(crate) budget: AtomicUsize,
    /// Whether it takes several properties in one request.
    pub(crate) takes_many: AtomicBool,
    pub(crate) requests: usize,
    turns: Semaphore,
    board: Option<StatusBoard>,
}

impl Line {
    /// A line with at most `requests` in flight.
    pub(crate) fn new(
        network: Arc<Network>,
        place: Place,
        requests: u8,
        board: Option<StatusBoard>,
    ) -> Self {
        let requests = usize::from(requests.max(1));
        Self {
            budget: AtomicUsize::new(crate::read::budget(place.largest)),
            takes_many: AtomicBool::new(true),
            turns: Semaphore::new(requests),
            network,
            place,
            requests,
            board,
        }
    }

    /// Sends a request and waits for its answer, time-out and retries included.
    async fn ask(&self, service: ConfirmedServiceChoice, body: &[u8]) -> Result<Bytes, Error> {
        let _own = self.turns.acquire().await;
        let _shared = self.network.turn().await;
        let began = Instant::now();
        let client = &self.network.client;
        let answer = match &self.place.route {
            Route::Local(mac) => client.confirmed_request(mac, service, body).await,
            Route::Routed {
                router,
                network,
                station,
            } => {
                client
                    .confirmed_request_routed(router, *network, station, service, body)
                    .await
            }
        };
        if let Some(board) = &self.board {
            let latency = answer.is_ok().then(|| began.elapsed());
            self.network.show(board, latency);
        }
        answer
    }

    /// One property, as its bytes.
    pub(crate) async fn read(
        &self,
        object: ObjectIdentifier,
        property: PropertyIdentifier,
        index: Option<u32>,
    ) -> Result<Vec<u8>, Error> {
        let request = ReadPropertyRequest {
            object_identifier: object,
            property_identifier: property,
            property_array_index: index,
        };
        let mut body = BytesMut::new();
        request.encode(&mut body);
        let answer = self
            .ask(ConfirmedServiceChoice::READ_PROPERTY, &body)
            .await?;
        let answer = ReadPropertyACK::decode(&answer)?;
        let is_it = answer.object_identifier == object && answer.property_identifier == property;
        if !is_it || answer.property_array_index != index {
            return Err(Error::Encoding(
                "the answer is to another question".to_owned(),
            ));
        }
        Ok(answer.property_value)
    }

    /// Several properties in one request.
    pub(crate) async fn read_many(
        &self,
        wanted: Vec<ReadAccessSpecification>,
    ) -> Result<ReadPropertyMultipleACK, Error> {
        let request = ReadPropertyMultipleRequest {
            list_of_read_access_specs: wanted,
        };
        let mut body = BytesMut::new();
        request.encode(&mut body)?;
        let service = ConfirmedServiceChoice::READ_PROPERTY_MULTIPLE;
        ReadPropertyMultipleACK::decode(&self.ask(service, &body).await?)
    }

    /// Writes a present value.
    pub(crate) async fn write(
        &self,
        object: ObjectIdentifier,
        value: Vec<u8>,
        priority: Option<u8>,
    ) -> Result<(), Error> {
        let request = WritePropertyRequest {
            object_identifier: object,
            property_identifier: PropertyIdentifier::PRESENT_VALUE,
            property_array_index: None,
            property_value: value,
            priority,
        };
        let mut body = BytesMut::new();
        request.encode(&mut body)?;
        let service = ConfirmedServiceChoice::WRITE_PROPERTY;
        self.ask(service, &body).await.map(drop)
    }

    /// Subscribes to an object, or again.
    pub(crate) async fn subscribe(
        &self,
        process: u32,
        object: ObjectIdentifier,
        confirmed: bool,
        lifetime_s: u32,
    ) -> Result<(), Error> {
        self.subscription(process, object, Some((confirmed, lifetime_s)))
            .await
    }

    /// Ends a subscription.
    pub(crate) async fn unsubscribe(
        &self,
        process: u32,
        object: ObjectIdentifier,
    ) -> Result<(), Error> {
        self.subscription(process, object, None).await
    }

    async fn subscription(
        &self,
        process: u32,
        object: ObjectIdentifier,
        terms: Option<(bool, u32)>,
    ) -> Result<(), Error> {
        let request = SubscribeCOVRequest {
            subscriber_process_identifier: process,
            monitored_object_identifier: object,
            issue_confirmed_notifications: terms.map(|(confirmed, _)| confirmed),
            lifetime: terms.map(|(_, lifetime_s)| lifetime_s),
        };
        let mut body = BytesMut::new();
        request.encode(&mut body)?;
        let service = ConfirmedServiceChoice::SUBSCRIBE_COV;
        self.ask(service, &body).await.map(drop)
    }
}

/// Pages of logs are read over the same line; the address that the reader passes is the line's own.
impl LogRequester for Line {
    async fn read_unsigned(
        &self,
        _: &[u8],
        log: ObjectIdentifier,
        property: PropertyIdentifier,
    ) -> Result<u64, Error> {
        unsigned_value(&self.read(log, property, None).await?)
    }

    async fn read_range_lenient(
        &self,
        _: &[u8],
        request: &ReadRangeRequest,
    ) -> Result<ReadRangeReply, Error> {
        let mut body = BytesMut::new();
        request.encode(&mut body)?;
        let answer = self.ask(ConfirmedServiceChoice::READ_RANGE, &body).await?;
        let answer = ReadRangeAck::decode(&answer)?;
        ReadRangeReply::check(request, answer, ReadRangeValidation::Lenient)
    }
}
