//! An Indexed Job for Kubernetes: one index for each shard.

use super::{Work, quoted};
use serde_json::json;

/// What the cluster has to provide.
#[derive(Clone, Debug, PartialEq)]
pub struct KubernetesOptions {
    /// Image that holds `thumbscale` and a shell.
    pub image: String,
    /// Claim of a volume that many nodes can write, on which the sweep lies.
    pub claim: String,
    /// Pods that run at a time, all without a limit.
    pub most_running: Option<u32>,
}

/// The manifest of the job, as JSON, which Kubernetes takes like YAML. `list` holds a shard a line.
///
/// Fields as in the Kubernetes API, batch/v1 (kubernetes.io, "Job"; backoffLimitPerIndex is stable since 1.33).
pub fn job(work: &Work, options: &KubernetesOptions, list: &str) -> String {
    let folder = work.folder.to_string_lossy();
    let run = format!(
        "shard=$(sed -n \"$((JOB_COMPLETION_INDEX + 1))p\" {}) && exec thumbscale --quiet sweep run {} --shard \"$shard\" --threads {}",
        quoted(list),
        quoted(&folder),
        work.cores
    );
    let resources = json!({ "cpu": work.cores.to_string(), "memory": format!("{}M", work.memory_mb) });
    let container = json!({
        "name": "shard",
        "image": options.image,
        "command": ["sh", "-c", run],
        "resources": { "requests": resources, "limits": { "memory": format!("{}M", work.memory_mb) } },
        "volumeMounts": [{ "name": "sweep", "mountPath": folder }],
    });
    let job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        // A job cannot be altered, and what is submitted again has fewer shards: each gets a name of its own.
        "metadata": { "generateName": plain(&work.name) },
        "spec": {
            "completionMode": "Indexed",
            "completions": work.shards.len(),
            "parallelism": options.most_running.unwrap_or(work.shards.len() as u32),
            // A failed shard does not end the others.
            "backoffLimitPerIndex": 3,
            "maxFailedIndexes": work.shards.len(),
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [container],
                    "volumes": [{ "name": "sweep", "persistentVolumeClaim": { "claimName": options.claim } }],
                },
            },
        },
    });
    format!("{job:#}\n")
}

/// Names have lower-case letters, digits and hyphens, at most 63 with what is put before and what Kubernetes puts after:
/// five letters, and for a pod's host a hyphen and its index.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let plain: String =
        lower.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).take(40).collect();
    format!("thumbscale-{}-", plain.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_reads_as_expected() {
        let options = KubernetesOptions {
            image: "lab/thumbscale:1".into(),
            claim: "sweeps".into(),
            most_running: None,
        };
        insta::assert_snapshot!(job(
            &crate::sweep::engine::example(3),
            &options,
            "/shared/my sweep/submit/0001.list"
        ));
        assert_eq!(plain("My_Phases"), "thumbscale-my-phases-");
    }
}
