//! A Snakefile: one rule instance for each shard, and one that merges.

use super::{Work, python};
use std::fmt::Write;

/// The Snakefile of a whole sweep: which shards are done Snakemake sees by their files.
pub fn snakefile(work: &Work) -> String {
    let mut text = String::new();
    let (program, folder) = (work.program.to_string_lossy(), work.folder.to_string_lossy());
    let _ = write!(
        text,
        r#"# Runs the sweep {name}: snakemake --snakefile THIS_FILE --cores all
# On a cluster: add --executor slurm, or another of Snakemake's executors.
PROGRAM = {program}
SWEEP = {folder}
SHARDS = [f"{{number:05}}" for number in range(1, {last})]

localrules: all, merge

rule all:
    input: SWEEP + "/results/_merge.json"

# A shard that was cut short goes on from its finished runs.
rule shard:
    output: SWEEP + "/shards/{{shard}}.parquet"
    threads: {cores}
    retries: 2
    resources: mem_mb={memory}, runtime={minutes}
    shell: "{{PROGRAM:q}} --quiet sweep run {{SWEEP:q}} --shard {{wildcards.shard}} --threads {{threads}}"

rule merge:
    input: expand(SWEEP + "/shards/{{shard}}.parquet", shard=SHARDS)
    output: SWEEP + "/results/_merge.json"
    shell: "{{PROGRAM:q}} --quiet sweep merge {{SWEEP:q}}"
"#,
        name = work.name,
        program = python(&program),
        folder = python(&folder),
        last = work.all_shards + 1,
        cores = work.cores,
        memory = work.memory_mb,
        minutes = work.minutes,
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snakefile_reads_as_expected() {
        insta::assert_snapshot!(snakefile(&crate::sweep::engine::example(25)));
    }
}
