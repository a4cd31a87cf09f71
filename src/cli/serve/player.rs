//! A run that is played: at its tempo, paused, a step at a time, changed on the way.

use super::desk::Desk;
use super::facts::factors;
use super::stream::{Events, Gone};
use crate::lesson::{Course, Dots, Frame, LessonError, columns, values_in_force};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::oneshot::Sender;

/// The slowest tempo, in rounds a second.
const SLOWEST: f64 = 0.05;

/// How long a run that waits for orders goes without looking whether its page is still there.
const LOOK: Duration = Duration::from_millis(500);

/// Values by key.
type Values = BTreeMap<String, Value>;

/// What a page may ask of its run.
pub enum Order {
    Play(bool),
    Speed(f64),
    Steps(u32),
    Until(u32),
    Change(Values, Sender<Result<Changed, LessonError>>),
}

/// A change that was made.
#[derive(Serialize)]
pub struct Changed {
    /// The round from which it holds.
    round: u32,
    set: Values,
    /// Where the sliders stand from then on.
    controls: Map<String, Value>,
}

/// How a run goes on.
pub struct Tempo {
    /// Rounds a second; 0 for as many as there can be.
    pub speed: f64,
    pub playing: bool,
    /// Single rounds that are still to be run.
    pub steps: u32,
    /// The round up to which it runs at full speed.
    pub until: u32,
}

/// A run that is played for one page.
pub struct Player {
    id: String,
    course: Course,
    tempo: Tempo,
    orders: Receiver<Order>,
    events: Events,
    dots: Dots,
    /// When the last round began.
    last: Option<Instant>,
    /// Whether the page knows that nothing happens until it says so.
    told: bool,
}

impl Player {
    pub fn new(id: String, course: Course, tempo: Tempo, orders: Receiver<Order>, events: Events) -> Self {
        let dots = Dots::new(course.lesson.users);
        Self { id, course, tempo, orders, events, dots, last: None, told: false }
    }

    /// Plays until the page is gone.
    pub fn play(mut self, desk: &Desk, handle: &Handle) {
        // The page is gone, and with it everyone who could be told.
        let _ = self.play_to(desk, handle);
    }

    fn play_to(&mut self, desk: &Desk, handle: &Handle) -> Result<(), Gone> {
        self.events.send("started", &self.started())?;
        loop {
            self.wait()?;
            self.last = Some(Instant::now());
            if !self.run_round(desk, handle)? {
                return Ok(());
            }
        }
    }

    /// Returns when the next round is due; meanwhile orders are carried out.
    fn wait(&mut self) -> Result<(), Gone> {
        loop {
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            let wait = match self.due_in() {
                Some(Duration::ZERO) => return Ok(()),
                Some(wait) => wait.min(LOOK),
                None => {
                    self.tell_of_the_pause()?;
                    LOOK
                }
            };
            match self.orders.recv_timeout(wait) {
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) if !self.events.is_gone() => {}
                Err(_) => return Err(Gone),
            }
        }
    }

    /// Time until the next round; `None` while paused or over.
    fn due_in(&self) -> Option<Duration> {
        let Tempo { speed, playing, steps, until } = self.tempo;
        if self.course.is_over() {
            return None;
        }
        if steps > 0 || self.course.rounds_done() < until {
            return Some(Duration::ZERO);
        }
        let pace =
            if speed > 0.0 { Duration::from_secs_f64(1.0 / speed.max(SLOWEST)) } else { Duration::ZERO };
        playing.then(|| self.last.map_or(Duration::ZERO, |last| pace.saturating_sub(last.elapsed())))
    }

    fn tell_of_the_pause(&mut self) -> Result<(), Gone> {
        if self.told {
            return Ok(());
        }
        self.told = true;
        let round = self.course.rounds_done();
        if self.course.is_over() {
            self.events.send("done", &json!({ "rounds": round }))
        } else {
            self.events.send("paused", &json!({ "round": round }))
        }
    }

    fn obey(&mut self, order: Order) {
        self.told = false;
        match order {
            Order::Play(playing) => self.tempo = Tempo { playing, steps: 0, until: 0, ..self.tempo },
            Order::Speed(speed) => self.tempo.speed = speed,
            Order::Steps(steps) => self.tempo = Tempo { steps, playing: false, ..self.tempo },
            Order::Until(until) => self.tempo.until = until,
            Order::Change(set, reply) => {
                let round = self.course.change(set.clone());
                let changed = round.map(|round| Changed {
                    round,
                    set,
                    controls: values_in_force(self.course.next_settings()),
                });
                // Nobody waits for the reply if the page was closed meanwhile.
                let _ = reply.send(changed);
            }
        }
    }

    /// Runs the next round that is shown; whether the run can go on.
    fn run_round(&mut self, desk: &Desk, handle: &Handle) -> Result<bool, Gone> {
        let lived = loop {
            if self.events.is_gone() {
                return Err(Gone);
            }
            match desk.in_turn(handle, || self.course.run_round()) {
                Ok(Some(lived)) => break lived,
                Ok(None) => {}
                Err(error) => {
                    let help = "reset the run, or change less at a time";
                    self.events
                        .send("failed", &json!({"error": {"message": error.to_string(), "help": help}}))?;
                    return Ok(false);
                }
            }
        };
        self.tempo.steps = self.tempo.steps.saturating_sub(1);
        self.told = false;
        let frame = Frame::new(&lived, &self.course, &self.dots);
        match lived.measures.round {
            1 => self.events.send("round", &First { frame, columns: columns(&lived, &self.course) })?,
            _ => self.events.send("round", &frame)?,
        }
        Ok(true)
    }

    fn started(&self) -> Value {
        let (scenario, settings) = (&self.course.scenario, self.course.scenario.settings_in(1));
        let active: Vec<Value> = factors(scenario).into_iter().filter(|it| it["active"] == true).collect();
        let checks: Vec<Value> =
            settings.checks.iter().map(|(name, it)| json!({"name": name, "role": it.role.word()})).collect();
        json!({
            "id": self.id,
            "state": self.course.lesson,
            "question": scenario.about.question,
            "rounds": self.course.lesson.rounds,
            "days_per_round": settings.clock.days_per_round,
            "start_date": settings.clock.start_date,
            "controls": values_in_force(settings),
            "factors": active,
            "checks": checks,
        })
    }
}

/// The first round also says what its columns are.
#[derive(Serialize)]
struct First {
    #[serde(flatten)]
    frame: Frame,
    columns: Vec<Value>,
}
