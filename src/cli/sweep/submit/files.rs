//! Files for schedulers that people start themselves.

use super::{Engine, Options};
use crate::cli::exit::Exit;
use crate::cli::talk::{Talk, print};
use crate::output::write_atomic;
use crate::sweep::engine::kubernetes::KubernetesOptions;
use crate::sweep::engine::{Work, dask, hyperqueue, kubernetes, snakemake};
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes the file for `engine` into the sweep's folder and says what to do with it, or prints it.
pub fn write(engine: Engine, work: &Work, options: &Options, talk: Talk) -> anyhow::Result<Exit> {
    let folder = work.folder.join("submit");
    // A list of its own for each submission: jobs of an earlier one may still read theirs.
    let unused = |nth: &usize| !list_path(&folder, *nth).exists();
    let list = list_path(&folder, (1..).find(unused).unwrap_or(1));
    let (name, next) = match engine {
        // As `dask.py` it would stand in for the package of that name, which the script needs.
        Engine::Dask => ("run_on_dask.py", "python"),
        Engine::Hyperqueue => ("hyperqueue.sh", "sh"),
        Engine::Kubernetes => ("job.json", "kubectl create -f"),
        _ => ("Snakefile", "snakemake --cores all --snakefile"),
    };
    let text = text(engine, work, options, &list.to_string_lossy());
    if options.dry_run {
        print(&text)?;
        return Ok(Exit::Fine);
    }
    for needed in [&folder, &work.folder.join("logs")] {
        fs::create_dir_all(needed).with_context(|| format!("cannot create `{}`", needed.display()))?;
    }
    if matches!(engine, Engine::Hyperqueue | Engine::Kubernetes) {
        write_atomic(&list, shard_list(work).as_bytes())?;
    }
    let path = folder.join(name);
    write_atomic(&path, text.as_bytes())?;
    print(&format!("{}\n", path.display()))?;
    talk.say(&format!("{} shards; next: {next} {}", work.shards.len(), shown(&path)));
    Ok(Exit::Fine)
}

fn list_path(folder: &Path, nth: usize) -> PathBuf {
    folder.join(format!("shards-{nth:04}.list"))
}

fn text(engine: Engine, work: &Work, options: &Options, list: &str) -> String {
    match engine {
        Engine::Dask => dask::script(work),
        Engine::Hyperqueue => hyperqueue::script(work, list),
        Engine::Kubernetes => {
            let (image, claim) = (options.image.clone(), options.claim.clone());
            kubernetes::job(
                work,
                &KubernetesOptions { image, claim, most_running: options.max_running },
                list,
            )
        }
        _ => snakemake::snakefile(work),
    }
}

fn shard_list(work: &Work) -> String {
    work.shards.iter().map(|shard| format!("{shard}\n")).collect()
}

fn shown(path: &Path) -> String {
    crate::sweep::engine::quoted(&path.to_string_lossy())
}
