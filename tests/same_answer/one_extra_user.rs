//! As long as nothing is learned, users live in separate worlds: one more changes nothing for the others, bit by bit.

use crate::laboratory::{run, scenario};
use thumbscale::reference::User;

/// The loop from users to the policy is open.
const OPEN: [&str; 1] = ["policy.learning_rate=0.0"];

fn histories(users: usize, extra: &[&str]) -> Vec<User> {
    let count = format!("population.users={users}");
    let sets = ["run.rounds=3", "memory.enabled=true", &count];
    let (simulation, _) = run(&scenario("", &[&sets[..], extra].concat()), 1);
    let blocks = simulation.population.blocks.iter();
    blocks.flat_map(|block| (0..block.users).map(|index| User::read(block, index))).collect()
}

#[test]
fn within_a_block() {
    assert_eq!(histories(101, &OPEN)[..100], histories(100, &OPEN)[..]);
}

#[test]
fn in_a_block_of_their_own() {
    assert_eq!(histories(2049, &OPEN)[..2048], histories(2048, &OPEN)[..]);
}

// Negative controls: influence between users, and learning, connect them.
#[test]
fn connected_users_are_noticed() {
    let social = ["social.influence=0.2"];
    assert!(histories(101, &social)[..100] != histories(100, &social)[..]);
    let learning = ["policy.learning_rate=0.5", "clock.conversations_per_day=3.0"];
    assert!(histories(101, &learning)[..100] != histories(100, &learning)[..]);
}
