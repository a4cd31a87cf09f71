//! The reduced model in krABMaga: every user an agent in the schedule. Times rounds and prints what it found as JSON.

mod model;
mod population;
mod user;
mod world;

use clap::Parser;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Instant;
use user::User;
use world::{Sums, World};

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value = "benches/peers/model.json")]
    model: PathBuf,
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// Timed rounds, after one to warm up.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = Arguments::parse();
    let model = serde_json::from_str(&std::fs::read_to_string(&given.model)?)?;
    let mut world = World::new(model, given.users, given.seed);
    let mut schedule = Schedule::new();
    world.init(&mut schedule);
    schedule.step(&mut world);
    let mut seconds: Vec<f64> = (0..given.rounds).map(|_| time_step(&mut schedule, &mut world)).collect();
    seconds.sort_by(f64::total_cmp);
    let report = json!({
        "tool": "krABMaga",
        "version": "0.6.2",
        "users": given.users,
        "rounds": given.rounds,
        "threads": 1,
        "seconds_best": seconds[0],
        "seconds_median": seconds[seconds.len() / 2],
        "interactions_per_second": given.users as f64 / seconds[0],
        "outcomes": outcomes(&world.sums, &schedule, given.users as f64),
    });
    println!("{report}");
    Ok(())
}

fn time_step(schedule: &mut Schedule, world: &mut World) -> f64 {
    let began = Instant::now();
    schedule.step(world);
    began.elapsed().as_secs_f64()
}

/// (mean, standard error) by outcome; the names are those of `measure.py`.
fn outcomes(sums: &Sums, schedule: &Schedule, users: f64) -> Map<String, Value> {
    let mut found = Map::new();
    let mut put = |name: &str, (mean, error): (f64, f64)| found.insert(name.into(), json!([mean, error]));
    for j in 0..sums.levels.len() {
        put(&format!("mean_level_{j}"), mean_of(sums.levels[j], sums.level_squares[j], users));
    }
    put("visible_share", share(sums.visible, users));
    put("rated_share", share(sums.rated, users));
    put("returned_share", share(sums.returned, users));
    put("discovered_share", share(sums.discovered, users));
    put("thumbs_up_share", share(sums.up, sums.rated as f64));
    put("mean_approval", mean_of(sums.approval, sums.approval_squares, users));
    put("mean_abs_stance_error", over_users(schedule, users, mean_abs_stance_error));
    put("mean_trust", over_users(schedule, users, |user| f64::from(user.trust)));
    found
}

fn share(count: u64, of: f64) -> (f64, f64) {
    let p = count as f64 / of;
    (p, (p * (1.0 - p) / of).sqrt())
}

fn mean_of(sum: f64, squares: f64, users: f64) -> (f64, f64) {
    let mean = sum / users;
    (mean, ((squares / users - mean * mean) / users).sqrt())
}

fn mean_abs_stance_error(user: &User) -> f64 {
    user.stance.iter().map(|b| f64::from(b.abs())).sum::<f64>() / user.stance.len() as f64
}

fn over_users(schedule: &Schedule, users: f64, measure: impl Fn(&User) -> f64) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for (scheduled, _) in schedule.events.iter() {
        let user = scheduled.agent.downcast_ref::<User>().expect("all agents are users");
        sum += measure(user);
        squares += measure(user).powi(2);
    }
    mean_of(sum, squares, users)
}
