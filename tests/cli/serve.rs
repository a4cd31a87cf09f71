//! `serve` as a program: what it prints, how it ends, what it answers and refuses. `tests/browser/` holds the page.

use super::*;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command as Plain, Stdio};
use std::time::Duration;

/// A few users for a few rounds, in the form in which the page asks for them.
const LITTLE: &str = r#"{"preset":"all-three","seed":3,"users":2000,"rounds":3}"#;

/// The program, listening; ended with the test.
struct Server {
    child: Child,
    address: SocketAddr,
    /// What it prints after the address. Held, so that it can print.
    stdout: BufReader<ChildStdout>,
    place: Place,
}

impl Server {
    fn start(words: &[&str]) -> Self {
        let place = Place::new();
        let mut command = Plain::new(env!("CARGO_BIN_EXE_thumbscale"));
        command.current_dir(place.path()).args(["serve", "--no-open"]).args(words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("http://").and_then(|it| it.strip_suffix('/')).expect("an address");
        Self { address: address.parse().unwrap(), child, stdout, place }
    }

    /// Sends a request of the old kind, whose answer ends with the connection.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let host =
            if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.address) };
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.0\r\n{host}{headers}Content-Length: {length}\r\n\r\n{body}")
            .unwrap();
        BufReader::new(stream)
    }

    fn answer(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        let mut text = String::new();
        self.ask(method, path, headers, body).read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_string())
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        self.answer("GET", path, "", "")
    }

    /// A refusal: its status and what it says.
    fn refused(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let (status, _, text) = self.answer(method, path, headers, body);
        let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} {text}"));
        (status, said["error"]["message"].as_str().expect("a message").to_string())
    }

    fn run(&self, state: &str, tempo: &str) -> Run {
        Run(self.ask("GET", &format!("/api/run?state={}{tempo}", encoded(state)), "", ""))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The events of a run.
struct Run(BufReader<TcpStream>);

impl Run {
    /// The next event and its content; `None` at the end of the stream.
    fn next(&mut self) -> Option<(String, Value)> {
        let name = self.value_of("event: ")?;
        let content = self.value_of("data: ")?;
        Some((name, serde_json::from_str(&content).unwrap()))
    }

    fn value_of(&mut self, field: &str) -> Option<String> {
        let mut line = String::new();
        while self.0.read_line(&mut line).unwrap() > 0 {
            if let Some(value) = line.strip_prefix(field) {
                return Some(value.trim_end().to_string());
            }
            line.clear();
        }
        None
    }

    /// The content of the next event of that name.
    fn until(&mut self, wanted: &str) -> Value {
        loop {
            let (name, content) = self.next().unwrap_or_else(|| panic!("ended before {wanted}"));
            if name == wanted {
                return content;
            }
        }
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn the_page_comes_whole_from_this_machine_and_may_load_from_nowhere_else() {
    let server = Server::start(&[]);
    assert!(server.address.ip().is_loopback());
    let (status, head, body) = server.get("/");
    assert_eq!(status, 200);
    assert!(head.contains("content-security-policy: default-src 'none'; script-src 'self';"), "{head}");
    assert!(body.contains("<script type=\"module\" src="), "{body}");
    let (status, head, _) = server.get("/strings.json");
    assert!(status == 200 && head.contains("application/json"), "{head}");
    let (_, _, lesson) = server.get("/api/lesson");
    let lesson: Value = serde_json::from_str(&lesson).unwrap();
    assert!(lesson["presets"].as_array().unwrap().len() >= 6);
}

#[test]
fn a_run_is_played_to_its_end_and_can_be_changed_on_the_way() {
    let server = Server::start(&[]);
    let mut run = server.run(LITTLE, "&until=1");
    let id = run.until("started")["id"].as_str().unwrap().to_string();
    assert_eq!(run.until("round")["round"], 1);
    assert_eq!(run.until("paused")["round"], 1);
    let path = format!("/api/run/{id}");
    let set = r#"{"set":{"policy.kl_strength":0.05}}"#;
    let (status, _, changed) = server.answer("POST", &format!("{path}/change"), "", set);
    let changed: Value = serde_json::from_str(&changed).unwrap();
    assert_eq!(
        (status, &changed["round"], &changed["controls"]["policy.kl_strength"]),
        (200, &json!(2), &json!(0.05))
    );
    assert_eq!(server.answer("POST", &path, "", r#"{"steps":1}"#).0, 204);
    let second = run.until("round");
    assert_eq!((&second["round"], &second["controls"]["policy.kl_strength"]), (&json!(2), &json!(0.05)));
    assert_eq!(run.until("paused")["round"], 2);
    assert_eq!(server.answer("POST", &path, "", r#"{"play":true,"speed":0}"#).0, 204);
    assert_eq!(run.until("done")["rounds"], 3);
}

/// What the page shows is what `run` writes for the scenario that the page gives away.
#[test]
fn the_scenario_of_a_page_gives_the_same_numbers_on_the_command_line() {
    let server = Server::start(&["--threads", "2"]);
    let state = r#"{"preset":"all-three","seed":3,"users":2000,"rounds":3,"changes":[{"round":2,"set":{"policy.kl_strength":0.05}}]}"#;
    let mut run = server.run(state, "&play=1&speed=0");
    let shown: Vec<Value> = (0..3).map(|_| run.until("round")).collect();
    let (status, head, scenario) = server.get(&format!("/api/scenario?state={}", encoded(state)));
    assert!(status == 200 && head.contains("text/plain"), "{head}");
    server.place.write("shared.toml", &scenario);
    let output = server.place.output(&[
        "run",
        "shared.toml",
        "--no-contrast",
        "--format",
        "csv",
        "--quiet",
        "--threads",
        "1",
    ]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let mut numbers = 0;
    for (row, shown) in lines.zip(&shown) {
        for (name, cell) in names.iter().zip(row) {
            let Some(value) = shown["values"].get(*name).and_then(Value::as_f64) else { continue };
            assert_eq!(cell.parse::<f64>().ok(), Some(value), "{name} in round {}", shown["round"]);
            numbers += 1;
        }
    }
    assert!(numbers > 100, "only {numbers} numbers in common");
}

#[test]
fn what_cannot_be_met_is_said_with_a_status_and_a_sentence() {
    let server = Server::start(&[]);
    let state = |text: &str| format!("/api/run?state={}", encoded(text));
    for (path, status, says) in [
        (state("{"), 400, "state"),
        (state(r#"{"preset":"nonsense"}"#), 400, "nonsense"),
        (state(r#"{"users":200001}"#), 400, "200000"),
        (state(r#"{"changes":[{"round":1,"set":{"policy.kl_strength":-1}}]}"#), 400, "policy.kl_strength"),
        ("/api/replay?checks=nonsense".to_string(), 400, "nonsense"),
        ("/nothing/here".to_string(), 404, ""),
    ] {
        let (given, said) = server.refused("GET", &path, "", "");
        assert!(given == status && said.contains(says), "{path}: {given} {said}");
    }
    assert_eq!(server.refused("POST", "/api/run/run-99", "", r#"{"play":true}"#).0, 404);
    assert_eq!(server.refused("POST", "/api/run/run-99", "", r#"{"jump":true}"#).0, 400);
    assert_eq!(server.refused("DELETE", "/api/lesson", "", "").0, 405);
    let elsewhere = "Host: evil.example\r\n";
    assert_eq!(server.refused("GET", "/", elsewhere, "").0, 403);
    let own = format!("Host: {}\r\nOrigin: http://evil.example\r\n", server.address);
    assert_eq!(server.refused("GET", "/api/lesson", &own, "").0, 403);
    assert_eq!(server.get("/").0, 200, "it goes on after all this");
}

/// Of two places one is taken by a run that is paused and one by a run that plays; both are free again when their pages are gone.
#[test]
fn more_pages_than_there_are_places_are_refused_until_one_is_closed() {
    let server = Server::start(&["--pages", "2"]);
    let mut paused = server.run(LITTLE, "&until=1");
    paused.until("paused");
    let mut playing = server.run(LITTLE, "&play=1&speed=0.05");
    playing.until("round");
    let path = format!("/api/run?state={}", encoded(LITTLE));
    let (status, said) = server.refused("GET", &path, "", "");
    assert_eq!(
        (status, said.as_str()),
        (503, "pages open already: 2, as many as this machine answers at once")
    );
    drop((paused, playing));
    let mut open = Vec::new();
    for _ in 0..1000 {
        let mut run = server.run(LITTLE, "");
        match run.next() {
            Some((name, _)) if name == "started" => open.push(run),
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
        if open.len() == 2 {
            return;
        }
    }
    panic!("closed pages keep their places");
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_told_to_though_a_page_is_open() {
    for signal in ["INT", "TERM"] {
        let mut server = Server::start(&[]);
        let mut run = server.run(LITTLE, "&play=1&speed=0.05");
        run.until("round");
        let pid = server.child.id().to_string();
        assert!(Plain::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
        let mut rest = String::new();
        server.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        assert!(entries(server.place.path()).is_empty(), "nothing is written to disk");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let server = Server::start(&[]);
    let port = server.address.port().to_string();
    let output = server.place.output(&["serve", "--no-open", "--port", &port]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains(&format!("127.0.0.1:{port}")), "{}", stderr(&output));
}
