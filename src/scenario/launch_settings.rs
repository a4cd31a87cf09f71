//! The keys of launch: what is looked at before an update, what is watched after it, and what is then done.

use super::parameter::{PerBehaviour, PerSignal, choice, section};

choice! {
    /// What a check looks at.
    CheckKind {
        /// Accuracy and substance on prompts without a stance.
        OfflineEval = "offline_eval",
        /// Experts try the candidate and say whether it feels off.
        ExpertSpotCheck = "expert_spot_check",
        /// Users are shown both answers to their own prompt and choose.
        SideBySide = "side_by_side",
        /// Some users get the candidate for some days; a metric of theirs is compared with the others'.
        AbTest = "ab_test",
        /// The four sycophancy probes.
        SycophancyEval = "sycophancy_eval",
        /// Volunteers live with the candidate for some days and are asked.
        Alpha = "alpha",
        /// The candidate goes to growing shares of users, a metric watched at each stage.
        StagedRollout = "staged_rollout",
        /// As an A/B test, but long enough for slow consequences to show.
        LongTermHoldout = "long_term_holdout",
        /// Graders mark answers that break the principles of behaviour.
        SpecAdherence = "spec_adherence",
    }
}

choice! {
    /// What a check may do.
    CheckRole {
        /// It is not made.
        Off = "off",
        /// It is made and recorded, and cannot stop a launch.
        Advisory = "advisory",
        /// A failure stops a launch, unless the rule lets another check overrule it.
        Blocking = "blocking",
    }
}

choice! {
    /// What is compared between users with the candidate and users with the incumbent.
    Metric {
        /// Ratings that are thumbs up, per rating.
        ThumbsUp = "thumbs_up",
        /// Conversations after which the user comes back the next day, per conversation.
        Returns = "returns",
        /// Conversations per user and day.
        Usage = "usage",
        /// Conversations found good once the consequences are known, per conversation asked about.
        Outcome = "outcome",
        /// Public complaints, per conversation; fewer are better.
        Complaints = "complaints",
    }
}

choice! {
    /// What an experiment must show to pass.
    Requires {
        /// That the candidate is not significantly worse.
        NoHarm = "no_harm",
        /// That the candidate is significantly better.
        Improvement = "improvement",
    }
}

choice! {
    /// Whose memory an evaluation's prompts carry.
    Profiles {
        /// Nobody's: the assistant meets a stranger.
        Strangers = "strangers",
        /// That of users who really asked.
        Users = "users",
    }
}

section! {
    /// A check of a candidate before launch.
    Check {
        "What it looks at: offline_eval, expert_spot_check, side_by_side, ab_test, sycophancy_eval, alpha, staged_rollout, long_term_holdout or spec_adherence." kind: CheckKind = CheckKind::OfflineEval, "", 0..0, "model.md section 8";
        "What it may do: off (not made), advisory (recorded) or blocking (a failure stops the launch)." role: CheckRole = CheckRole::Off, "", 0..0, "OpenAI 2025-05-02: testers were advisory, behaviour issues are blocking since";
        "Where it fails. offline_eval: drop of accuracy or substance that is tolerated; expert_spot_check: share of uneasy experts; sycophancy_eval: rise of the index; spec_adherence: rise of the share of violations; experiments with users: margin of the metric." threshold: f64 = 0.0, "by kind", 0.0..1e6, "assumed; sweep around the power that thumbscale autopsy --power reports";
        "False-alarm level of its statistical test, one-sided." level: f64 = 0.05, "probability", 1e-6..0.5, "convention";
        "Days that it takes. Users live through the days of a check that involves users." days: u32 = 1, "days", 0..3650, "assumed; sweep 1-90";
        "People that it occupies, beside experts." people: u32 = 1, "people", 0..1_000_000, "assumed";
        "Experts who try the candidate." experts: u32 = 10, "people", 1..100_000, "assumed; sweep 5-100";
        "Prompts per expert, per probe, or altogether (offline_eval, side_by_side, spec_adherence)." prompts: u32 = 100, "prompts", 1..10_000_000, "assumed; sweep 10-10,000";
        "Error of one judgement. expert_spot_check: standard deviation of how much better one answer seems than the other, in approval; spec_adherence: probability that a grader's verdict is wrong." noise: f64 = 0.0, "approval or share", 0.0..20.0, "assumed; sweep 0-1";
        "Loss of approval, on average over the prompts tried, that an expert does not notice." tolerance: f64 = 0.0, "approval", 0.0..20.0, "assumed; sweep 0-0.2";
        "Multiplier on experts' liking of a behaviour (1 where not given)." taste: PerBehaviour = PerBehaviour::new(), "multiple", -10.0..10.0, "assumed; sweep 0-1";
        "Expertise of experts." expertise: f64 = 0.9, "", 0.0..1.0, "assumed; above the raters' 0.8";
        "Experts' mean multiplier on the dislike of excess." cringe: f64 = 3.0, "multiple", 0.0..20.0, "assumed; sweep 1-6";
        "Standard deviation of that multiplier between experts (log-normal)." cringe_sd: f64 = 1.0, "multiple", 0.0..20.0, "assumed; sweep 0-2";
        "Share of users who get the candidate; of a staged rollout, at the first stage." share: f64 = 0.01, "share", 1e-9..1.0, "a small A/B test, OpenAI 2025-05-02; sweep 0.001-0.1";
        "Stages of a staged rollout." stages: u32 = 3, "stages", 1..20, "assumed";
        "Factor by which the share grows from stage to stage." growth: f64 = 5.0, "multiple", 1.0..1000.0, "assumed";
        "What is compared in an experiment with users: thumbs_up, returns, usage, outcome or complaints." metric: Metric = Metric::ThumbsUp, "", 0..0, "OpenAI 2025-05-02: thumbs, preference and usage";
        "What an experiment must show: no_harm (not significantly worse) or improvement (significantly better)." requires: Requires = Requires::NoHarm, "", 0..0, "assumed";
        "Whose memory the prompts of an evaluation carry: strangers (none) or users (that of real ones)." profiles: Profiles = Profiles::Strangers, "", 0..0, "evaluations are written for nobody in particular; sweep both";
        "Alpha: how much likelier experts volunteer, in log-odds per unit of expertise." opt_in_bias: f64 = 0.0, "log-odds", -20.0..20.0, "assumed; who volunteers is not known; sweep -3 to 3";
    }
}

choice! {
    /// How the results of the checks become a decision.
    ReviewRule {
        /// Every candidate is launched; checks are made and recorded.
        AcceptAll = "accept_all",
        /// A failed blocking check holds the candidate.
        Checks = "checks",
    }
}

section! {
    /// From the results of the checks to launch or hold.
    Review {
        "accept_all launches every candidate; with checks a failed blocking check holds it." rule: ReviewRule = ReviewRule::AcceptAll, "", 0..0, "convention: the loop without anyone looking";
        "Names of checks whose significant improvement launches the candidate in spite of failed blocking checks." overruled_by: Vec<String> = Vec::new(), "", 0..0, "OpenAI 2025-05-02: launched on positive signals from users, against the testers";
        "Days over which a launched policy replaces the old one, its share rising steadily." rollout_days: u32 = 0, "days", 0..3650, "0 is at once; April 2025 took 2 days";
    }
}

section! {
    /// What is watched after a launch, what raises an alarm, and what is then done.
    Monitoring {
        "Rise of the sycophancy index above its start that counts as an alarm in reports." alarm_rise: f64 = 0.08, "", 0.0..1.0, "assumed; above every single change, see docs/scenarios.md";
        "Days after a launch that are lived and watched one by one; 0 for none." watch_days: u32 = 0, "days", 0..3650, "off; April 2025 needed two to notice";
        "Whether public complaints are watched." complaints: bool = false, "", 0..0, "OpenAI 2025-05-02: users' posts were how it was noticed";
        "Rise of the complaint rate, as a multiple of that before the launch, that the watch is tuned to." complaint_ratio: f64 = 1.5, "multiple", 1.001..1000.0, "assumed; sweep 1.2-3";
        "Evidence of such a rise that raises an alarm (log-likelihood ratio, CUSUM)." complaint_threshold: f64 = 5.0, "nats", 0.01..1e9, "more than e^5 = 148 days between false alarms, Lorden 1971";
        "Prompts per probe that are put to the deployed policy each day; 0 for none." canary_prompts: u32 = 0, "prompts", 0..10_000_000, "off; sweep 100-10,000";
        "Rise of the sampled sycophancy index above that of the policy before, from which the canary raises an alarm." canary_threshold: f64 = 0.05, "", 0.0..1.0, "assumed; sweep 0.02-0.1";
        "Whether the share of thumbs that are up is watched for a fall." thumbs: bool = false, "", 0..0, "OpenAI 2025-05-02: internal signals were watched";
        "Fall of the thumbs-up share that the watch is tuned to." thumbs_fall: f64 = 0.02, "share", 1e-6..1.0, "assumed; sweep 0.01-0.05";
        "Evidence of such a fall that raises an alarm (log-likelihood ratio, CUSUM)." thumbs_threshold: f64 = 5.0, "nats", 0.01..1e9, "more than e^5 = 148 days between false alarms, Lorden 1971";
        "Whether an alarm is answered with a change of the system prompt." patch: bool = false, "", 0..0, "OpenAI 2025-05-02: the first response";
        "Days from alarm to that change." patch_after_days: u32 = 0, "days", 0..3650, "April 2025: the same night";
        "Shift of the bias weight per behaviour by that change." patch_shift: PerBehaviour = PerBehaviour::new(), "log-odds per level", -1000.0..1000.0, "choice of the operator";
        "Standard deviation of its unintended shift of every behaviour's bias weight." patch_side_effect_sd: f64 = 0.0, "log-odds per level", 0.0..1000.0, "a blunt tool (head of model behaviour, 2025); sweep 0-2";
        "Whether an alarm is answered by going back to the policy before." rollback: bool = false, "", 0..0, "OpenAI 2025-04-29";
        "Days from alarm to the start of the rollback." rollback_after_days: u32 = 1, "days", 0..3650, "April 2025: noticed on the 27th, begun on the 28th";
        "Days until everyone is back on the policy before, its share rising steadily; 0 for at once." rollback_days: u32 = 1, "days", 0..3650, "April 2025: about 24 hours";
        "Weights of signals in training after an alarm; signals not named keep theirs." fix_forward: PerSignal = PerSignal::default(), "", 0.0..1e6, "choice of the trainer";
    }
}
