//! Every quantity of the model as a scenario key (those of launch: `launch_settings.rs`, of optimisers:
//! `optimiser_settings.rs`). Symbols and equations: `docs/model.md`.

pub use super::launch_settings::*;
pub use super::optimiser_settings::*;
use super::parameter::{PerBehaviour, choice, section};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

section! {
    /// How long a run is and which random numbers it uses.
    Run {
        "Seed of every random draw. Runs that share a seed share all draws that their parameters do not change." seed: u64 = 1, "", 0..9_223_372_036_854_775_807u64, "convention";
        "Update rounds: serve, learn, launch." rounds: u32 = 40, "rounds", 1..100_000, "assumed; the effect saturates after about 20";
        "Rounds before round 1 in which no factor holds, so that the run starts from a policy and users in balance." warm_up_rounds: u32 = 10, "rounds", 0..10_000, "convention: S is flat within noise afterwards";
        "Independent repetitions with derived seeds, for spreads." replicates: u32 = 1, "runs", 1..10_000, "convention";
        "How users' numbers are kept: compact or wide." state: StateWidth = StateWidth::Compact, "", 0..0, "convention: `cargo test --test same_answer` holds the two against each other";
        "Rows of every bounded sample from which policies are measured." measure_rows: u32 = 2048, "rows", 16..1_000_000, "convention: standard error of a mean level below 0.005";
    }
}

choice! {
    /// How users' numbers are kept between conversations.
    StateWidth {
        /// In 8 or 16 bits, rounded at random so that means stay as they are: 40 bytes a user by default.
        Compact = "compact",
        /// In single precision: 103 bytes a user by default.
        Wide = "wide",
    }
}

choice! {
    /// How many conversations a user has in a round.
    Usage {
        /// Poisson, with a rate that rises with trust.
        Poisson = "poisson",
        /// The expected number at full trust, rounded, for every active user.
        Fixed = "fixed",
    }
}

section! {
    /// Time.
    Clock {
        "Days that users live with one policy before the next update." days_per_round: u32 = 7, "days", 1..3650, "weekly cadence of online RLHF, Bai et al. 2022, arXiv 2204.05862, section 4.5";
        "Conversations per day that touch a simulated topic, for a user with full trust." conversations_per_day: f64 = 0.2, "conversations per user and day", 0.0..50.0, "assumed; sweep 0.05-2";
        "Turns of a conversation: the user says where they stand, the policy answers, the belief moves; ratings and all else go by the last answer." turns_per_conversation: u32 = 1, "turns", 1..1000, "convention: what matters of a conversation is its outcome";
        "Whether the number of conversations is random and depends on trust (poisson) or they come at regular intervals, as often for all (fixed)." usage: Usage = Usage::Poisson, "", 0..0, "convention";
        "Share of the full-trust conversation rate that remains at zero trust." usage_at_zero_trust: f64 = 0.4, "share", 0.0..1.0, "assumed; sweep 0-1";
        "Calendar date of the first day (YYYY-MM-DD), or empty for none." start_date: String = String::new(), "date", 0..0, "convention";
    }
}

section! {
    /// Who is simulated and whom they stand for.
    Population {
        "Simulated users." users: u64 = 100_000, "users", 1..4_000_000_000u64, "convention: Monte-Carlo error of S below 0.005";
        "Real users that the simulated ones stand for; exposure is scaled to it." real_users: f64 = 5e8, "users", 1..1e11, "500 million weekly users, OpenAI 2025-04-29";
        "Probability per round that the place of a user who left is taken by a new user." arrival_rate: f64 = 0.2, "per round", 0.0..1.0, "assumed; sweep 0-0.5";
    }
}

choice! {
    /// How an answer moves a belief.
    BeliefRule {
        /// Towards the position taken, as far as trust goes.
        Pull = "pull",
        /// By Bayes' rule, in log-odds of a falsehood, from the evidence that the answer reports; its settings are those of `evidence`.
        Bayesian = "bayesian",
    }
}

section! {
    /// Topics, truth (zero on each topic) and what users wrongly believe.
    World {
        "How an answer moves a belief. With bayesian, a stance error is the log-odds of a falsehood." belief_rule: BeliefRule = BeliefRule::Pull, "", 0..0, "model.md section 3; bayesian: Chandra et al. 2026, arXiv 2602.19141";
        "Topics on which users hold stances." topics: u32 = 4, "topics", 1..16, "assumed; sweep 2-8";
        "Standard deviation of users' stance errors when a question is new." stance_sd: f64 = 1.0, "stance sd", 0.0..10.0, "unit of the stance axis";
        "Standard deviation of the model's own best estimate around the truth." model_error_sd: f64 = 0.3, "stance sd", 0.0..10.0, "assumed; sweep 0.1-0.6";
        "Share of stances redrawn each round, because questions are new." stance_renewal: f64 = 0.08, "per round", 0.0..1.0, "assumed; sweep 0.05-0.5";
        "Error of the model's reading of a stance that is stated in the prompt." stance_noise_stated: f64 = 0.7, "stance sd", 0.0..10.0, "assumed; sweep 0.5-1.2";
        "Largest stance error kept; beliefs do not move beyond it." stance_limit: f64 = 4.0, "stance sd", 0.1..100.0, "convention: 1 in 16,000 under a normal law";
        "An answer counts as accurate if it lies within this distance of the truth." accuracy_tolerance: f64 = 0.5, "stance sd", 0.01..10.0, "convention";
    }
}

choice! {
    /// What an answer that defers reports.
    Selection {
        /// Evidence for the user's opinion, true or not.
        Fabricate = "fabricate",
        /// A true fact for the user's opinion, if there is one.
        CherryPick = "cherry_pick",
    }
}

section! {
    /// What users who learn by Bayes' rule are shown (world.belief_rule = "bayesian").
    Evidence {
        "Facts per turn from which the model reports one." facts: u32 = 2, "facts", 1..16, "Chandra et al. 2026, arXiv 2602.19141";
        "Probability that a fact points to the truth." reliability: f64 = 0.6, "probability", 0.5..0.999, "likelihoods 3/5 and 2/5, Chandra et al. 2026, arXiv 2602.19141";
        "What an answer that defers reports; one that does not reports a fact at random." selection: Selection = Selection::Fabricate, "", 0..0, "both in Chandra et al. 2026, arXiv 2602.19141";
        "Belief in either side from which a user no longer revises it; 1 for never." certainty: f64 = 1.0, "probability", 0.5..1.0, "off; Chandra et al. 2026 count 0.99 as catastrophic";
        "Probability of deference that users reckon with when the evidence agrees with what they said; 0 for naive users." suspicion: f64 = 0.0, "probability", 0.0..0.999, "naive users; informed users: Chandra et al. 2026, arXiv 2602.19141";
    }
}

section! {
    /// A kind of prompt. Shares of all kinds sum to 1.
    PromptKind {
        "Share of traffic." share: f64 = 0.0, "share", 0.0..1.0, "model assumption; sweep";
        "Probability that the user states a stance." stated: f64 = 0.3, "probability", 0.0..1.0, "assumed; sweep 0.1-0.7";
        "Emotional charge q." charge: f64 = 0.3, "", 0.0..1.0, "assumed; sweep 0-1";
        "Stakes: how likely a wrong position is to have consequences." stakes: f64 = 0.5, "", 0.0..1.0, "assumed; sweep 0-1";
        "Whether the user shows work of their own on this kind of prompt (read by the feedback probe)." own_work: bool = false, "", 0..0, "Sharma et al. 2023, arXiv 2310.13548, section 4";
    }
}

section! {
    /// One behaviour of a response, a level in [0, 1], and how it is liked, disliked and useful.
    Behaviour {
        "Mean level under the reference policy (before truncation to [0, 1])." reference_mean: f64 = 0.2, "level", -1.0..2.0, "assumed; sweep 0.1-0.4";
        "Standard deviation under the reference policy (before truncation); small is stiff." reference_sd: f64 = 0.2, "level", 0.01..10.0, "assumed; sweep 0.1-0.3";
        "Whether the position taken moves from the model's estimate to the user's stance." moves_position: bool = false, "", 0..0, "model.md section 2";
        "Whether it acts in proportion to the emotional charge of the prompt." scales_with_charge: bool = false, "", 0..0, "model.md section 3";
        "Linear effect on immediate approval." liking: f64 = 0.0, "approval per level", -10.0..10.0, "assumed; sweep";
        "Quadratic loss of approval and benefit for everyone: diminishing returns." diminishing: f64 = 0.0, "approval per squared level", 0.0..20.0, "assumed; sweep";
        "Quadratic loss of approval, times the user's cringe: excess is disliked." dislike: f64 = 0.0, "approval per squared level", 0.0..20.0, "assumed; sweep";
        "Share of memory.personal by which memory strengthens the liking." personal: f64 = 0.0, "share", 0.0..1.0, "assumed; sweep 0-1";
        "Share of the liking lost to habituation once the user is used to level 1." habituation: f64 = 0.0, "share", 0.0..1.0, "assumed; sweep 0-0.5";
        "Linear effect on true benefit." benefit: f64 = 0.0, "approval per level", -10.0..10.0, "assumed; sweep";
        "Quadratic harm to true benefit." harm: f64 = 0.0, "approval per squared level", 0.0..20.0, "assumed; sweep";
        "Whether it is praise (read by the feedback probe)." praise: bool = false, "", 0..0, "Sharma et al. 2023, arXiv 2310.13548, section 3.1";
        "Level above which it draws public complaints." complaint_level: f64 = 1.0, "level", 0.0..1.0, "assumed; sweep 0.2-1";
        "Approval lost per product with the level of another behaviour that it crowds out." crowds: PerBehaviour = PerBehaviour::new(), "approval per squared level", 0.0..10.0, "assumed; sweep 0-0.5";
    }
}

section! {
    /// A group of users with its own traits. Shares of all segments sum to 1.
    Segment {
        "Share of the population." share: f64 = 0.0, "share", 0.0..1.0, "assumed; vulnerable 2 % after Williams, Carroll et al. 2024, arXiv 2411.02306";
        "Mean expertise e: weight on the truth, against one's own belief, when judging a position." expertise: f64 = 0.15, "", 0.001..0.999, "assumed; sweep 0.1-0.9";
        "Standard deviation of expertise (Beta distributed)." expertise_sd: f64 = 0.1, "", 0.0..0.49, "assumed";
        "Multiplier on the liking of a behaviour (1 where not given)." taste: PerBehaviour = PerBehaviour::new(), "multiple", -10.0..10.0, "assumed; sweep 0-2";
        "Standard deviation of that multiplier between users." taste_sd: f64 = 0.4, "multiple", 0.0..5.0, "assumed; sweep 0-0.8";
        "Mean multiplier on the dislike of excess." cringe: f64 = 1.0, "multiple", 0.0..20.0, "assumed; sweep 0.5-3";
        "Standard deviation of that multiplier (log-normal)." cringe_sd: f64 = 0.4, "multiple", 0.0..20.0, "assumed; sweep 0-0.8";
        "Mean log-odds of rating a conversation that went as expected." rating_propensity: f64 = -4.0, "log-odds", -20.0..20.0, "0.3-3 % of conversations carry a thumb (secondary sources); sweep -6 to -3";
        "Standard deviation of that propensity." rating_propensity_sd: f64 = 0.7, "log-odds", 0.0..10.0, "assumed";
        "How far beliefs move towards a trusted position, relative to the average user." susceptibility: f64 = 1.0, "multiple", 0.0..10.0, "assumed; sweep 0.5-2";
        "Spread of stance errors relative to world.stance_sd." stance_scale: f64 = 1.0, "multiple", 0.0..10.0, "assumed; sweep 0.5-1.5";
    }
}

section! {
    /// Immediate approval, what a rating says about it, and who rates.
    Approval {
        "Weight of accuracy as the user perceives it (c_acc)." accuracy: f64 = 1.5, "approval", 0.0..20.0, "unit of the approval axis";
        "Approval at which up and down are equally likely." reference: f64 = -0.2, "approval", -20.0..20.0, "assumed; sets the thumbs-up share to about 73 %";
        "Steepness of up against down in approval (k_up)." sharpness: f64 = 4.0, "log-odds per approval", 0.0..50.0, "assumed; sweep 2-6";
        "How much likelier pleased users are to rate: log-odds of rating per approval above the reference; negative if complaints come first." participation: f64 = 0.0, "log-odds per approval", -20.0..20.0, "off; who takes part depends on satisfaction, sweep -2 to 2";
        "How much surprise (distance from usual satisfaction) makes people rate (k_rate)." surprise: f64 = 0.8, "log-odds per approval", 0.0..20.0, "assumed; frustrated users over-represented (secondary sources)";
    }
}

section! {
    /// What a conversation does to its user afterwards.
    Consequences {
        "Share of the way to the position taken that a fully trusting user's belief moves." belief_rate: f64 = 0.25, "per conversation", 0.0..1.0, "assumed; sweep 0.05-0.5";
        "Relative growth of a stance that was agreed with, at full trust and deference." hardening: f64 = 0.05, "per conversation", 0.0..1.0, "direction: conviction +25 % after agreeable answers, Cheng et al. 2025, arXiv 2510.01395";
        "Mean trust at the start." initial_trust: f64 = 0.6, "", 0.0..1.0, "assumed; sweep 0.3-0.9";
        "Standard deviation of trust at the start (truncated to [0, 1])." initial_trust_sd: f64 = 0.15, "", 0.0..1.0, "assumed";
        "Share of missing trust gained by a conversation that pleases." trust_gain: f64 = 0.02, "per conversation", 0.0..1.0, "assumed; sweep 0-0.05";
        "Share of trust lost when a wrong position is discovered." trust_loss: f64 = 0.25, "per discovery", 0.0..1.0, "assumed; sweep 0.05-0.5";
        "Probability that an expert discovers a far-off position at full stakes." discovery: f64 = 0.3, "probability", 0.0..1.0, "assumed; sweep 0.1-0.6";
        "The same for a complete novice, as a share." discovery_novice: f64 = 0.3, "share", 0.0..1.0, "assumed; sweep 0-1";
        "Weight of the newest conversation in habituation." habituation_rate: f64 = 0.2, "per conversation", 0.0..1.0, "assumed";
        "Weight of the newest conversation in satisfaction." satisfaction_rate: f64 = 0.2, "per conversation", 0.0..1.0, "assumed";
        "Probability per round that a user of average satisfaction and no trust leaves." leaving: f64 = 0.03, "per round", 0.0..1.0, "assumed; sweep 0-0.05";
        "Probability per round that a user who left returns." returning: f64 = 0.05, "per round", 0.0..1.0, "assumed; sweep 0-0.2";
        "Public complaints per conversation and unit of disliked excess." complaint_rate: f64 = 0.1, "per conversation", 0.0..1.0, "assumed (about 1 in 1,000 conversations before the incident); sweep 0.01-0.3";
    }
}

section! {
    /// Influence of users on each other's stances (off by default).
    Social {
        "Share of the way to the neighbours' mean stance that a stance moves each round." influence: f64 = 0.0, "per round", 0.0..1.0, "off; DeGroot 1974 averaging";
        "Random neighbours that each user listens to." neighbours: u32 = 8, "users", 1..64, "assumed";
    }
}

section! {
    /// Users and model who learn from each other's beliefs between rounds (off by default).
    Knowledge {
        "Whether they do. Every user has evidence of their own, the model has what users believe; each counts the other's confidence as if it were new evidence." enabled: bool = false, "", 0..0, "Qiu et al. 2025, arXiv 2506.06166";
        "Precision of what a user learns for themselves in a round." private_precision: f64 = 1.0, "1 / squared stance sd", 1e-9..1e9, "unit of precision";
        "Share of the model's confidence that a user takes over (l1)." trust_in_model: f64 = 0.5, "share", 0.0..100.0, "sweep; with users x l1 x l2 above 1 errors freeze, Qiu et al. 2025, arXiv 2506.06166";
        "Share of each user's confidence that the model takes over (l2)." trust_in_users: f64 = 0.5, "share", 0.0..100.0, "sweep";
    }
}

section! {
    /// What the assistant remembers of a user. Off by default.
    Memory {
        "Whether the assistant reads memory." enabled: bool = false, "", 0..0, "factor of the incident";
        "Whether conversations held before memory was switched on are in it." from_history: bool = false, "", 0..0, "2025-04-10: memory extended to all past conversations";
        "Probability that a stated stance is written." write: f64 = 0.8, "probability", 0.0..1.0, "assumed; sweep 0.3-1";
        "Mean time until a remembered stance is forgotten." retention_days: f64 = 365.0, "days", 1.0..1e6, "assumed; sweep 30-1000";
        "Most stances remembered per user." capacity: u32 = 4, "topics", 0..16, "assumed";
        "Share of users who opted out." opt_out_share: f64 = 0.1, "share", 0.0..1.0, "assumed; sweep 0-0.5";
        "Error of the model's reading of a stance it remembers." stance_noise_remembered: f64 = 0.2, "stance sd", 0.0..10.0, "assumed; sweep 0.1-0.5";
        "How much more praise is liked when it is personal." personal: f64 = 0.8, "share", 0.0..5.0, "assumed; bounded by factors of 1.16-1.45 on sycophancy, Jain et al. 2025, arXiv 2509.12517";
        "Weight of the newest rating in remembered tastes." taste_rate: f64 = 0.3, "per rating", 0.0..1.0, "assumed; sweep 0.1-0.5";
    }
}

choice! {
    /// Who judges, and how they answer.
    SignalKind {
        /// A panel compares two responses; Bradley-Terry fit.
        Raters = "raters",
        /// Users' thumbs up or down; logistic fit.
        Thumbs = "thumbs",
        /// Whether the user comes back the next day; logistic fit.
        Engagement = "engagement",
        /// A verdict asked after the consequences are known; logistic fit.
        DelayedOutcome = "delayed_outcome",
        /// Users' approval on a scale; least-squares fit.
        Scores = "scores",
        /// An explicit linear and quadratic reward, not learned.
        Rule = "rule",
    }
}

section! {
    /// A reward signal.
    Signal {
        "Who judges: raters, thumbs, engagement, delayed_outcome, scores or rule." kind: SignalKind = SignalKind::Thumbs, "", 0..0, "model.md section 5";
        "Weight in the total reward, before normalisation." weight: f64 = 0.0, "", 0.0..1e6, "unpublished for the incident; sweep 0-1";
        "Strength of the L2 penalty on the reward model's coefficients." l2: f64 = 1.0, "1 / squared log-odds", 1e-9..1e9, "convention: unit normal prior";
        "Batches of feedback, one per training iteration, that the reward model is fitted to." window: u32 = 6, "batches", 1..1000, "assumed; sweep 1-8";
        "Most rows (ratings or compared pairs) kept per round." rows: u32 = 4096, "rows", 1..10_000_000, "below about 2,000 comparisons a reward model is near chance, Gao et al. 2022, arXiv 2210.10760";
        "Thumbs: whether rows are weighted by the inverse of the estimated probability that such a conversation is rated, against who rates." inverse_propensity: bool = false, "", 0..0, "inverse propensity scoring, Horvitz and Thompson 1952; Schnabel et al. 2016, arXiv 1602.05352";
        "Steepness of the answer (raters: preference; engagement and delayed_outcome: yes)." sharpness: f64 = 3.0, "log-odds per approval", 0.0..50.0, "assumed, near users' (approval.sharpness); at 1 a reward model is near chance; sweep 2-5";
        "Raters, delayed_outcome: share of answers that are a coin flip." error_rate: f64 = 0.0, "share", 0.0..1.0, "off; noisy labels, Gao et al. 2022, arXiv 2210.10760; sweep 0-0.5";
        "Scores: standard deviation of the error of a score." score_noise_sd: f64 = 0.0, "approval", 0.0..1e6, "off; sweep 0-2";
        "Raters: expertise of the panel." expertise: f64 = 0.7, "", 0.0..1.0, "assumed; below 1 is a mild liking for agreement (direction: Sharma et al. 2023, arXiv 2310.13548); sweep 0.5-0.9";
        "Raters: multiplier on the liking of a behaviour (1 where not given)." taste: PerBehaviour = PerBehaviour::new(), "multiple", -10.0..10.0, "assumed; sweep 0-1";
        "Raters: multiplier on the dislike of excess." cringe: f64 = 1.0, "multiple", 0.0..20.0, "assumed; sweep 0.5-3";
        "Rule: linear reward per behaviour." linear: PerBehaviour = PerBehaviour::new(), "log-odds per level", -1e6..1e6, "choice of the trainer";
        "Rule: quadratic reward per behaviour." quadratic: PerBehaviour = PerBehaviour::new(), "log-odds per squared level", -1e6..1e6, "choice of the trainer";
    }
}

section! {
    /// The policy, its reference and its training.
    Policy {
        "Levels of each behaviour, equally spaced in [0, 1]." levels: u32 = 6, "levels", 2..32, "model.md section 2";
        "Context features that the policy sees: bias, visible, remembered, stance, charge, known, tastes, kind:NAME for a prompt kind, or segment:NAME for a cue to the user's segment." features: Vec<String> = ["bias", "visible", "remembered", "stance", "charge", "known", "tastes"].map(String::from).to_vec(), "", 0..0, "model.md section 2";
        "Probability that a cue to the user's segment (feature segment:NAME) is right; each user gives the same cue always." cue_accuracy: f64 = 1.0, "probability", 0.0..1.0, "Williams, Carroll et al. 2024, arXiv 2411.02306";
        "Optimiser; its own settings are those of the section optimiser." optimiser: OptimiserKind = OptimiserKind::Exact, "", 0..0, "model.md section 6";
        "Strength beta of the KL penalty towards the reference policy." kl_strength: f64 = 0.12, "log-odds per nat", 1e-9..1e9, "assumed (1 / beta = 8.3); sweep 0.05-0.5";
        "Share of the way to the optimum that one training iteration goes (eta): of exact, dpo and best_of_n. The others take optimiser.steps." learning_rate: f64 = 0.5, "share", 0.0..1.0, "assumed; sweep 0.2-1";
        "Training iterations per update: rewards refitted, policy stepped, reference refitted." training_iterations: u32 = 1, "iterations", 1..1000, "assumed";
        "Share zeta of the way that the reference moves to a fit of recent thumbed-up conversations, per iteration." fresh_data: f64 = 0.0, "share", 0.0..1.0, "factor of the incident";
        "Weight of the old reference in that refit, in conversations." fresh_data_prior: f64 = 200.0, "rows", 1e-6..1e9, "assumed; sweep 50-1000";
        "Whether that refit also moves how varied behaviour is (w2); if not, only what it aims at (w1)." fresh_data_refits_spread: bool = false, "", 0..0, "assumed: sampling temperature keeps variety; true shows diversity loss";
        "Whether signal weights are divided by their sum, so that a new signal dilutes the old ones." normalise_weights: bool = true, "", 0..0, "OpenAI 2025-05-02: the changes weakened the primary signal";
    }
}

section! {
    /// The system prompt: an additive shift of the policy at serving time.
    SystemPrompt {
        "Shift of the bias weight per behaviour." shift: PerBehaviour = PerBehaviour::new(), "log-odds per level", -1000.0..1000.0, "choice of the operator";
        "Standard deviation of the unintended shift of every behaviour's bias weight." side_effect_sd: f64 = 0.0, "log-odds per level", 0.0..1000.0, "a blunt tool (head of model behaviour, 2025); sweep 0-2";
    }
}

section! {
    /// Guardrails at serving time: answers beyond a level are not let through, and another is drawn.
    Guardrails {
        "Highest level of a behaviour that is let through (any where not given)." highest: PerBehaviour = PerBehaviour::new(), "level", 0.0..1.0, "more guardrails for honesty, OpenAI 2025-04-29; choice of the operator";
    }
}

/// All quantities of one phase of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Length and randomness.
    pub run: Run,
    /// Time.
    pub clock: Clock,
    /// Number of users.
    pub population: Population,
    /// Topics and truth.
    pub world: World,
    /// What Bayesian users are shown.
    pub evidence: Evidence,
    /// Kinds of prompts, by name.
    pub prompts: IndexMap<String, PromptKind>,
    /// Behaviours of a response, by name.
    pub behaviours: IndexMap<String, Behaviour>,
    /// Groups of users, by name.
    pub segments: IndexMap<String, Segment>,
    /// Approval and ratings.
    pub approval: Approval,
    /// Slow consequences.
    pub consequences: Consequences,
    /// Social influence.
    pub social: Social,
    /// Learning from each other's beliefs.
    pub knowledge: Knowledge,
    /// Assistant memory.
    pub memory: Memory,
    /// Reward signals, by name.
    pub signals: IndexMap<String, Signal>,
    /// Policy and training.
    pub policy: Policy,
    /// Sampled optimisers.
    pub optimiser: Optimiser,
    /// System prompt.
    pub system_prompt: SystemPrompt,
    /// Guardrails.
    pub guardrails: Guardrails,
    /// Checks before launch, by name.
    pub checks: IndexMap<String, Check>,
    /// The rule from results to launch or hold.
    pub review: Review,
    /// Watching, alarms and responses after launch.
    pub monitoring: Monitoring,
}
