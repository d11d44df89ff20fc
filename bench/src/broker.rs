//! A private mosquitto, and messages waiting in it for a session that is away.

use anyhow::{Context, Result, ensure};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;

/// In flight between broker and subscriber; both subscribers get the same.
pub const IN_FLIGHT: u16 = 10_000;

/// Killed when dropped.
pub struct Broker {
    process: Child,
    folder: PathBuf,
    /// Its port on the loopback.
    pub port: u16,
}

impl Broker {
    /// Starts one without persistence and without a limit of its own.
    pub async fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("vigie-bench-mosquitto-{port}"));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("mosquitto.conf");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages {IN_FLIGHT}\nmax_queued_messages 0\n"
        );
        std::fs::write(&file, text)?;
        let process = Command::new("mosquitto")
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("mosquitto (Debian package `mosquitto`) starts")?;
        let broker = Self {
            process,
            folder,
            port,
        };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(broker);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("mosquitto does not listen")
    }

    /// A client with manual acknowledgements.
    pub fn client(&self, id: &str, clean: bool) -> (AsyncClient, EventLoop) {
        let mut options = MqttOptions::new(id, "127.0.0.1", self.port);
        options
            .set_clean_session(clean)
            .set_manual_acks(true)
            .set_inflight(1_000)
            .set_max_packet_size(1 << 20, 1 << 20);
        AsyncClient::new(options, usize::from(IN_FLIGHT))
    }

    /// Publishes with QoS 1 and waits until the broker has acknowledged all of it.
    pub async fn fill(
        &self,
        messages: impl IntoIterator<Item = (String, String)> + Send + 'static,
    ) -> Result<()>
    where
        <Vec<(String, String)> as IntoIterator>::IntoIter: Send,
    {
        let messages: Vec<_> = messages.into_iter().collect();
        let wanted = messages.len();
        let (client, mut events) = self.client("filler", true);
        let sender = tokio::spawn(async move {
            for (topic, payload) in messages {
                client
                    .publish(topic, QoS::AtLeastOnce, false, payload)
                    .await?;
            }
            Ok::<_, rumqttc::ClientError>(client)
        });
        let mut acknowledged = 0;
        while acknowledged < wanted {
            if matches!(events.poll().await?, Event::Incoming(Packet::PubAck(_))) {
                acknowledged += 1;
            }
        }
        sender.await??;
        ensure!(acknowledged == wanted, "the broker took everything");
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if self.process.kill().is_ok() {
            let _ended = self.process.wait();
        }
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}
