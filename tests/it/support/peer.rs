//! Programs of others, in Python: they print what they hear and do what they are told by lines.

use super::{required, wait};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

/// A Python program of tests/peers; ends with the test.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts a script with the Python that a variable of `tests/run` names.
    pub fn start(python: &str, script: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(required(python))
            .arg(format!(
                "{}/tests/peers/{script}",
                env!("CARGO_MANIFEST_DIR")
            ))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = Arc::<Mutex<Vec<String>>>::default();
        let (lines, output) = (printed.clone(), child.stdout.take().unwrap());
        // Ends with the output of the child.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let input = child.stdin.take().unwrap();
        Self {
            child,
            input,
            printed,
        }
    }

    /// Gives it a line to read.
    pub fn tell(&mut self, command: &str) {
        writeln!(self.input, "{command}").unwrap();
    }

    /// All lines so far.
    pub fn printed(&self) -> Vec<String> {
        self.printed.lock().unwrap().clone()
    }

    /// Until it has printed this line.
    pub async fn prints(&self, line: &str) {
        self.prints_often(line, 1).await;
    }

    /// Until it has printed this line so often.
    pub async fn prints_often(&self, line: &str, times: usize) {
        let is_there = async || {
            let printed = self.printed.lock().unwrap();
            let count = printed.iter().filter(|known| *known == line).count();
            (count >= times).then_some(())
        };
        wait::until(&format!("the peer prints `{line}`"), DEADLINE, is_there).await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
