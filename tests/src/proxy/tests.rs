use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::{Fault, Proxy, Way};

const QUESTION: &[u8] = b"how much";
const ANSWER: &[u8] = b"twelve and a half";
/// Long enough for everything that is on its way on one machine, and short enough to wait for.
const MOMENT: Duration = Duration::from_millis(300);

/// Somebody who answers every question, and counts them.
struct Shop {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Shop {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, counted) = (stream.unwrap(), counted.clone());
                std::thread::spawn(move || {
                    let mut question = [0; QUESTION.len()];
                    while stream.read_exact(&mut question).is_ok() {
                        counted.fetch_add(1, Ordering::SeqCst);
                        if stream.write_all(ANSWER).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn call(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// All that comes in answer to one question until as much as the answer is there, or the connection ends.
fn ask(stream: &mut TcpStream) -> Vec<u8> {
    let _ = stream.write_all(QUESTION);
    let (mut heard, mut buffer) = (Vec::new(), [0; 64]);
    while heard.len() < ANSWER.len() {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => heard.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    heard
}

/// Nothing comes for a moment, and the connection stands.
fn hears_nothing(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(MOMENT)).unwrap();
    let heard = stream.read(&mut [0; 64]).unwrap_err();
    assert!(matches!(heard.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{heard}");
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
}

#[test]
fn without_a_fault_everything_passes_and_so_does_an_end() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    let mut stream = call(&proxy);
    for _ in 0..3 {
        assert_eq!(ask(&mut stream), ANSWER);
    }
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
    assert_eq!((shop.asked(), proxy.cuts()), (3, 0));
}

#[test]
fn an_answer_is_cut_before_its_first_byte_or_after_any_and_only_once() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    for after in [0, 1, 7, ANSWER.len() - 1] {
        let asked = shop.asked();
        let mut stream = call(&proxy);
        proxy.does(Fault::Cut { way: Way::Down, after: after as u64 });
        assert_eq!(proxy.cuts(), 0);
        assert_eq!(ask(&mut stream), &ANSWER[..after]);
        // What was asked was done all the same.
        assert_eq!((shop.asked() - asked, proxy.cuts()), (1, 1));
        assert_eq!(ask(&mut call(&proxy)), ANSWER);
    }
    // Counted over all connections.
    let (mut first, mut second) = (call(&proxy), call(&proxy));
    proxy.does(Fault::Cut { way: Way::Down, after: ANSWER.len() as u64 + 3 });
    assert_eq!((&*ask(&mut first), &*ask(&mut second)), (ANSWER, &ANSWER[..3]));
    assert_eq!(ask(&mut first), ANSWER);
}

#[test]
fn a_question_that_is_cut_is_not_asked() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    proxy.does(Fault::Cut { way: Way::Up, after: 3 });
    assert_eq!(ask(&mut call(&proxy)), b"");
    assert_eq!((shop.asked(), proxy.cuts()), (0, 1));
}

#[test]
fn a_dead_direction_says_nothing_and_loses_nothing() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    let mut stream = call(&proxy);
    for (dead, asked) in [(Way::Down, 1), (Way::Up, 1)] {
        proxy.does(Fault::Dead(dead));
        stream.write_all(QUESTION).unwrap();
        hears_nothing(&mut stream);
        assert_eq!(shop.asked(), asked);
        proxy.does(Fault::None);
        let mut heard = [0; ANSWER.len()];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(heard, ANSWER);
    }
    assert_eq!(shop.asked(), 2);
}

#[test]
fn a_silent_place_takes_connections_and_never_answers() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    let mut before = call(&proxy);
    assert_eq!(ask(&mut before), ANSWER);
    proxy.does(Fault::Silent);
    let mut since = call(&proxy);
    for stream in [&mut before, &mut since] {
        stream.write_all(QUESTION).unwrap();
        hears_nothing(stream);
    }
    assert_eq!(shop.asked(), 1);
    proxy.does(Fault::None);
    for stream in [&mut before, &mut since] {
        let mut heard = [0; ANSWER.len()];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(heard, ANSWER);
    }
}

#[test]
fn a_drip_and_a_delay_bring_everything_in_order() {
    let shop = Shop::open();
    let proxy = Proxy::before(shop.address, 1);
    let mut stream = call(&proxy);
    let pause = Duration::from_millis(1);
    for way in [Way::Up, Way::Down] {
        proxy.does(Fault::Drip { way, bytes: 1, pause });
        assert_eq!(ask(&mut stream), ANSWER);
    }
    proxy.does(Fault::Delay { least: pause, most: 5 * pause });
    assert_eq!(ask(&mut stream), ANSWER);
}

#[test]
fn where_connections_are_cut_is_drawn_from_the_seed() {
    let shop = Shop::open();
    let heard = |seed| {
        let proxy = Proxy::before(shop.address, seed);
        proxy.does(Fault::Cuts { below: ANSWER.len() as u64 });
        let heard: Vec<usize> = (0..12).map(|_| ask(&mut call(&proxy)).len()).collect();
        assert_eq!(proxy.cuts(), 12);
        heard
    };
    let first = heard(5);
    assert_eq!(first, heard(5));
    assert_ne!(first, heard(6));
    assert!(first.iter().any(|bytes| *bytes > 0), "{first:?}");
}

#[test]
fn a_socket_in_a_folder_is_stood_before_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (real, own) = (folder.path().join("real"), folder.path().join("own"));
    let listener = UnixListener::bind(&real).unwrap();
    let (told, came) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        told.send(heard).unwrap();
    });
    let proxy = Proxy::before_socket(&real, &own, 1);
    let mut stream = UnixStream::connect(&own).unwrap();
    proxy.does(Fault::Cut { way: Way::Up, after: 5 });
    stream.write_all(b"a page of a book").unwrap();
    assert_eq!(came.recv().unwrap(), b"a pag");
}
