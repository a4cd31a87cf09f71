//! How a policy is improved: the optimisers and their settings. What each does: `docs/model.md`, section 6.

use super::parameter::{choice, section};

choice! {
    /// How the policy is improved.
    OptimiserKind {
        /// The exact optimum of the KL-regularised objective in the policy's family.
        Exact = "exact",
        /// Score-function gradients.
        Reinforce = "reinforce",
        /// Clipped gradients against a value function.
        Ppo = "ppo",
        /// Clipped gradients against the mean of a group of responses.
        Grpo = "grpo",
        /// Maximum likelihood of preferences between pairs.
        Dpo = "dpo",
        /// Desirable and undesirable responses, without pairs.
        Kto = "kto",
        /// Imitation of the best of several responses.
        BestOfN = "best_of_n",
    }
}

choice! {
    /// Where the KL penalty of a sampled policy gradient stands.
    KlPenalty {
        /// Subtracted from each response's reward.
        Reward = "reward",
        /// In the loss, as the estimator k3.
        Loss = "loss",
    }
}

section! {
    /// The sampled optimisers; `exact` has no settings here.
    Optimiser {
        "Gradient steps per training iteration: reinforce, ppo, grpo, kto." steps: u32 = 200, "steps", 1..16_000, "assumed: most of the way to the optimum; sweep 20-1000";
        "Prompts of a batch, drawn from the round's conversations with replacement." prompts_per_step: u32 = 64, "prompts", 1..1_000_000, "assumed; 512 responses per batch, as in Ouyang et al. 2022, arXiv 2203.02155, appendix C.4";
        "Responses to each prompt of a batch; the group of grpo." rollouts_per_prompt: u32 = 8, "responses", 2..1024, "Shao et al. 2024, arXiv 2402.03300 (64 there); sweep 2-64";
        "Step size of Adam; falls in a straight line to zero over the steps." step_size: f64 = 0.1, "log-odds per level", 1e-9..1000.0, "assumed; Adam: Kingma and Ba 2015, arXiv 1412.6980; sweep 0.02-0.5";
        "Gradient steps on the same responses: ppo, grpo." epochs: u32 = 4, "steps", 1..1000, "Schulman et al. 2017, arXiv 1707.06347, algorithm 1 (3-15 there)";
        "Largest useful change of a response's probability, as a share: ppo, grpo (epsilon)." clip_range: f64 = 0.2, "share", 1e-9..1e9, "Schulman et al. 2017, arXiv 1707.06347, table 1";
        "Whether reinforce subtracts the mean reward of the other responses to the same prompt." baseline: bool = true, "", 0..0, "leave-one-out: Ahmadian et al. 2024, arXiv 2402.14740";
        "Whether grpo divides advantages by the standard deviation of their group." scale_advantages: bool = false, "", 0..0, "true in Shao et al. 2024, arXiv 2402.03300; false in Liu et al. 2025, arXiv 2503.20783, as it biases the gradient";
        "Where the KL penalty of reinforce, ppo and grpo stands: in the reward, or in the loss." kl_penalty: KlPenalty = KlPenalty::Reward, "", 0..0, "reward: Ouyang et al. 2022, arXiv 2203.02155, eq. 2; loss: Shao et al. 2024, arXiv 2402.03300, eq. 3-4";
        "Weight of desirable responses: kto (lambda_D)." desirable_weight: f64 = 1.0, "", 0.0..1000.0, "Ethayarajh et al. 2024, arXiv 2402.01306";
        "Weight of undesirable responses: kto (lambda_U)." undesirable_weight: f64 = 1.0, "", 0.0..1000.0, "Ethayarajh et al. 2024, arXiv 2402.01306";
        "Responses to a prompt of which the best is imitated: best_of_n (n)." best_of: u32 = 8, "responses", 1..10_000, "assumed: about as far from the reference as the optimum at the default kl_strength; sweep 2-64";
        "Standard deviation (scale, where tails are heavy) of the reward model's error on a single response, which behaviours do not explain." reward_error_sd: f64 = 0.0, "log-odds", 0.0..1e6, "off; sweep 0-3";
        "Degrees of freedom of that error's Student law; 0 for a normal law." reward_error_df: u32 = 0, "", 0..1000, "normal; heavy tails undo the benefit of selection, Kwa et al. 2024, arXiv 2407.14503";
        "Pairs of responses that are compared per training iteration: dpo." pairs: u32 = 65_536, "pairs", 1..10_000_000, "assumed: noise of KL is about parameters / (pairs x kl_strength^2) nats";
        "Strength of the L2 penalty on what dpo fits, beta (W - W_ref)." l2: f64 = 1.0, "1 / squared log-odds", 1e-9..1e9, "convention: unit normal prior, as of reward models; 0 in Rafailov et al. 2023, arXiv 2305.18290";
        "Weight of the reference in the fit of best_of_n, in conversations." prior: f64 = 50.0, "rows", 1e-6..1e9, "assumed: rare contexts stay near the reference; sweep 1-200";
    }
}

impl OptimiserKind {
    /// Whether this optimiser reads a key of `[optimiser]`; what is not read changes nothing.
    pub fn reads(self, key: &str) -> bool {
        use OptimiserKind::*;
        match key {
            "steps" | "prompts_per_step" | "rollouts_per_prompt" | "step_size" => {
                matches!(self, Reinforce | Ppo | Grpo | Kto)
            }
            "kl_penalty" => matches!(self, Reinforce | Ppo | Grpo),
            "epochs" | "clip_range" => matches!(self, Ppo | Grpo),
            "baseline" => self == Reinforce,
            "scale_advantages" => self == Grpo,
            "desirable_weight" | "undesirable_weight" => self == Kto,
            "best_of" | "prior" => self == BestOfN,
            "pairs" | "l2" => self == Dpo,
            "reward_error_sd" | "reward_error_df" => self != Exact,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parameter::Section;

    #[test]
    fn every_key_is_read_by_an_optimiser_and_none_by_exact() {
        use OptimiserKind::*;
        for parameter in Optimiser::parameters() {
            let read = [Reinforce, Ppo, Grpo, Dpo, Kto, BestOfN].iter().any(|it| it.reads(parameter.key));
            assert!(read && !Exact.reads(parameter.key), "{}", parameter.key);
        }
    }
}
