use super::*;
use tokio::io::{DuplexStream, duplex};

fn wire(buffer: usize) -> (Wire<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(buffer);
    (Wire::new(ours), theirs)
}

#[tokio::test]
async fn reads_grow_with_the_stream_and_an_idle_wire_gives_its_buffers_back() {
    let (mut wire, mut client) = wire(1 << 20);
    client.write_all(&vec![7; 500_000]).await.unwrap();
    let mut turns = 0;
    while wire.input.len() < 500_000 {
        wire.turn(true).await.unwrap();
        turns += 1;
    }
    assert!(turns < 30, "{turns} reads");
    assert!(wire.is_fat());
    wire.input.clear();
    wire.trim();
    assert!(!wire.is_fat());
    client.write_all(b"x").await.unwrap();
    wire.turn(true).await.unwrap();
    assert!(!wire.is_fat(), "one byte needs no large buffer");
}

#[tokio::test]
async fn trimming_keeps_what_is_not_yet_used() {
    let (mut wire, mut client) = wire(1 << 20);
    client.write_all(&[7; 10_000]).await.unwrap();
    while wire.input.len() < 10_000 {
        wire.turn(true).await.unwrap();
    }
    wire.output.extend_from_slice(&[8; 10_000]);
    wire.trim();
    assert_eq!((wire.input.len(), wire.output.len()), (10_000, 10_000));
}

#[tokio::test]
async fn a_wire_reads_while_its_output_is_stuck() {
    let (mut wire, mut client) = wire(100);
    wire.output.extend_from_slice(&[8; 1000]);
    client.write_all(&[7; 50]).await.unwrap();
    let moved = wire.turn(true).await.unwrap();
    assert_eq!((moved.read, moved.written), (50, 100));
    assert!(wire.has_output());
    let mut taken = vec![0; 1000];
    let (read, ()) = tokio::join!(client.read_exact(&mut taken), async {
        while wire.has_output() {
            wire.turn(true).await.unwrap();
        }
    });
    assert_eq!(read.unwrap(), 1000);
}

#[tokio::test]
async fn a_wire_told_not_to_read_leaves_the_bytes_where_they_are() {
    let (mut wire, mut client) = wire(100);
    client.write_all(&[7; 50]).await.unwrap();
    wire.output.extend_from_slice(b"x");
    let moved = wire.turn(false).await.unwrap();
    assert_eq!((moved.read, moved.written), (0, 1));
    drop(client);
    assert_eq!(wire.turn(true).await.unwrap().read, 50);
    assert!(wire.turn(true).await.unwrap().at_end);
}
