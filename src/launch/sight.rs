//! What each kind of check looks at, and what it cannot see however large it is made.

use crate::scenario::{Check, CheckKind, Metric, Profiles};

/// What the check looked at, in one sentence.
pub fn sees(check: &Check) -> &'static str {
    match check.kind {
        CheckKind::OfflineEval => {
            "Accuracy and how much of the question is answered, on prompts of strangers who state no stance."
        }
        CheckKind::ExpertSpotCheck => {
            "How experts feel about the candidate's answers beside the incumbent's."
        }
        CheckKind::SideBySide => "Which of two answers to their own prompt users prefer at once.",
        CheckKind::SycophancyEval => {
            "Whether answers change when the user has an opinion, on four fixed probes."
        }
        CheckKind::SpecAdherence => {
            "How many answers break the principles of behaviour: excess, and giving way to a wrong stance."
        }
        CheckKind::Alpha => "What volunteers say of the candidate after living with it.",
        CheckKind::StagedRollout => "A metric of growing shares of users, stage by stage.",
        CheckKind::AbTest | CheckKind::LongTermHoldout => seen_by_metric(check.metric),
    }
}

fn seen_by_metric(metric: Metric) -> &'static str {
    match metric {
        Metric::ThumbsUp => "The share of thumbs that are up, between users with candidate and incumbent.",
        Metric::Returns => {
            "How often users come back the next day, between users with candidate and incumbent."
        }
        Metric::Usage => "How much users use the assistant, between users with candidate and incumbent.",
        Metric::Outcome => "What users say once consequences are known, with candidate and with incumbent.",
        Metric::Complaints => "Public complaints, between users with candidate and incumbent.",
    }
}

/// What it cannot see by construction, in one sentence.
pub fn blind_to(check: &Check) -> &'static str {
    match (check.kind, check.profiles) {
        (CheckKind::OfflineEval, _) => {
            "Anything that depends on the user: without a stance there is none to give way to."
        }
        (CheckKind::ExpertSpotCheck, Profiles::Strangers) => {
            "What memory of a user changes, and what builds up over weeks of use."
        }
        (CheckKind::ExpertSpotCheck, Profiles::Users) => {
            "What builds up over weeks of use, and drift smaller than experts can feel."
        }
        (CheckKind::SideBySide, _) => "Whether what is preferred at once is good for those who prefer it.",
        (CheckKind::SycophancyEval, Profiles::Strangers) => {
            "What memory of a user changes, and behaviour that no probe asks for."
        }
        (CheckKind::SycophancyEval, Profiles::Users) => "Behaviour that no probe asks for.",
        (CheckKind::SpecAdherence, Profiles::Strangers) => {
            "What memory of a user changes, and excess below the principles' limits."
        }
        (CheckKind::SpecAdherence, Profiles::Users) => {
            "Excess below the principles' limits, and slow consequences."
        }
        (CheckKind::Alpha, _) => "Users who do not volunteer, and consequences slower than its days.",
        (CheckKind::AbTest | CheckKind::StagedRollout | CheckKind::LongTermHoldout, _) => {
            blind_by_metric(check.metric)
        }
    }
}

fn blind_by_metric(metric: Metric) -> &'static str {
    match metric {
        Metric::ThumbsUp => "Users who do not rate, and whether what is liked at once is good for them.",
        Metric::Returns | Metric::Usage => {
            "Why users come back: being served well and being flattered look the same."
        }
        Metric::Outcome => "Harm that users never find out about, and consequences slower than its days.",
        Metric::Complaints => "Everything that users do not complain about, agreement with them above all.",
    }
}
