//! Modbus responses: gateways of ours answer what they are asked with mutated bytes.

use super::session::Running;
use super::{Target, seed};
use crate::dice::Dice;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use vigie_modbus::ModbusConfig;

/// Half of them have a register map, half are looked through for SunSpec.
const GATEWAYS: usize = 32;
const PAUSE: Duration = Duration::from_millis(2);
/// The head of a message: transaction, protocol, length, unit.
const HEAD: usize = 7;

/// What gateways answer with next, and how many answers left.
#[derive(Default)]
struct Answers {
    next: Mutex<Vec<u8>>,
    given: AtomicU64,
}

pub(super) fn responses() -> Result<Target> {
    let runtime = Runtime::new()?;
    let answers = Arc::<Answers>::default();
    let mut running = Vec::with_capacity(GATEWAYS);
    for number in 0..GATEWAYS {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let port = listener.local_addr()?.port();
        runtime.spawn(serve(listener, answers.clone(), number as u64));
        let config: ModbusConfig = serde_json::from_value(config(port, number % 2 == 0))?;
        running.push(Running::start(&runtime, config.into_connector()?));
    }
    let given = answers.clone();
    // "SunS", model 1, its length, and texts: what a walk through the models begins with.
    let suns =
        b"SunS\0\x01\0\x42Vendor\0\0\0\0\0\0\0\0\0\0Model\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0"
            .to_vec();
    Ok(Target {
        seeds: vec![
            seed("", suns),
            seed(
                "",
                [0x41, 0x48, 0, 0, 0x7f, 0xc0, 0, 0, 0x80, 0, 0xff, 0xff],
            ),
            seed("", [0_u8; 64]),
        ],
        take: Box::new(move |_, payload| {
            *answers.next.lock().unwrap_or_else(PoisonError::into_inner) = payload.to_vec();
            std::thread::sleep(PAUSE);
        }),
        finish: Box::new(move || {
            ensure!(given.given.load(Ordering::Relaxed) > 0, "nobody asked");
            ensure!(running.iter().any(|one| one.came() > 0), "nothing was read");
            let began = Instant::now();
            for one in running {
                one.end(&runtime)?;
            }
            ensure!(
                began.elapsed() < Duration::from_secs(60),
                "it took long to end"
            );
            Ok(())
        }),
    })
}

fn config(port: u16, has_map: bool) -> Value {
    let device = if has_map {
        let registers = json!([
            { "point": "a", "address": 0 },
            { "point": "b", "address": 1, "format": "f32" },
            { "point": "c", "address": 3, "format": "i32", "scale": 0.1, "absent": [0x8000] },
            { "point": "d", "address": 10, "bit": 3 },
            { "point": "e", "address": 20, "table": "input" },
        ]);
        json!({ "unit": 1, "equipment": "meter", "registers": registers })
    } else {
        json!({ "unit": 1, "equipment": "inverter", "sunspec": true })
    };
    json!({
        "address": format!("127.0.0.1:{port}"), "timeout_ms": 300, "every": "100ms", "devices": [device],
    })
}

async fn serve(listener: TcpListener, answers: Arc<Answers>, number: u64) {
    let mut dice = Dice::new(number + 1);
    while let Ok((stream, _)) = listener.accept().await {
        // The connection is lost when it says so; the next one is waited for.
        let _lost = answer(stream, &answers, &mut dice).await;
    }
}

async fn answer(mut stream: TcpStream, answers: &Answers, dice: &mut Dice) -> std::io::Result<()> {
    let mut request = [0; 12];
    loop {
        stream.read_exact(&mut request).await?;
        let mut data = answers
            .next
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let wanted = usize::from(u16::from_be_bytes([request[10], request[11]])) * 2;
        // Mostly as long as it was asked, so that what is in it is looked at.
        if dice.roll(16) > 0 {
            data.resize(wanted.min(250), 0);
        }
        let mut message = request[..=HEAD].to_vec();
        message.push(data.len() as u8);
        message.extend(data);
        let length = (message.len() - HEAD + 1) as u16;
        message[4..6].copy_from_slice(&length.to_be_bytes());
        if dice.roll(32) == 0 {
            message = dice.mutate(&message, &request);
        }
        answers.given.fetch_add(1, Ordering::Relaxed);
        stream.write_all(&message).await?;
    }
}
