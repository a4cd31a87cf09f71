//! Scenarios on disk.

use super::chain::MAX_BYTES;
use super::presets::{preset_loader, sweeps};
use super::{LoadError, Mitigation, Scenario, ScenarioErrors, SweepFile};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

impl Scenario {
    /// Reads and checks the scenario at `path`, with values changed by `sets` as by `--set`. A shipped scenario can be
    /// named without a file.
    pub fn load(path: impl AsRef<Path>, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let name = path.as_ref().to_string_lossy().into_owned();
        if path.as_ref().extension().is_none() && !path.as_ref().exists() {
            return Scenario::preset(&name, sets);
        }
        let text = read_scenario_text(path.as_ref()).map_err(|error| error.problem(&name))?;
        let folder = folder_of(path.as_ref()).map_err(|error| error.problem(&name))?;
        Scenario::from_toml(&name, &text, &|base| load_base(&folder, base), sets)
    }
}

impl SweepFile {
    /// Reads and checks the sweep at `path`, with values of its scenario changed by `sets` as by `--set`. A shipped sweep can
    /// be named without a file.
    ///
    /// # Errors
    /// If it cannot be read; and those of [`SweepFile::from_toml`].
    pub fn load(path: &Path, sets: &[String]) -> Result<SweepFile, ScenarioErrors> {
        let name = path.to_string_lossy().into_owned();
        if let Some(shipped) = sweeps().into_iter().find(|it| it.name == name && !path.exists()) {
            return SweepFile::from_toml(&format!("{name}.toml"), shipped.text, &preset_loader, sets);
        }
        let text = read_scenario_text(path).map_err(|error| error.problem(&name))?;
        let folder = folder_of(path).map_err(|error| error.problem(&name))?;
        SweepFile::from_toml(&name, &text, &|base| load_base(&folder, base), sets)
    }
}

/// Reads and checks the mitigation at `path`.
///
/// # Errors
/// If it cannot be read or is no mitigation.
pub fn read_mitigation(path: &Path) -> Result<Mitigation, ScenarioErrors> {
    let name = path.to_string_lossy();
    let text = read_scenario_text(path).map_err(|error| error.problem(&name))?;
    Mitigation::from_toml(&name, &text)
}

/// The name and the text of a file with a table `parameters`, for [`read_varied`](super::read_varied).
///
/// # Errors
/// If it cannot be read.
pub fn read_varied_file(path: &Path) -> Result<(String, String), ScenarioErrors> {
    let name = path.to_string_lossy().into_owned();
    let text = read_scenario_text(path).map_err(|error| error.problem(&name))?;
    Ok((name, text))
}

/// The folder that a scenario lies in, by its real name.
fn folder_of(path: &Path) -> Result<PathBuf, LoadError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).canonicalize().map_err(load_error)
}

/// The file beside the one that names it, or else the shipped scenario of that name. A file that is really elsewhere than
/// in `folder` or below is refused, so that a scenario that was given away cannot make its reader show other files.
fn load_base(folder: &Path, path: &str) -> Result<String, LoadError> {
    let real = match Path::new(path).canonicalize().map_err(load_error) {
        Err(LoadError::NotFound) => return preset_loader(path),
        found => found?,
    };
    match real.starts_with(folder) {
        true => read_scenario_text(&real),
        false => Err(LoadError::Outside { target: real.display().to_string() }),
    }
}

/// The text of a scenario file; anything that cannot be one is refused before it is read.
pub fn read_scenario_text(path: &Path) -> Result<String, LoadError> {
    let metadata = path.metadata().map_err(load_error)?;
    if !metadata.is_file() {
        return Err(LoadError::Other("not a regular file".into()));
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(LoadError::TooLarge { bytes: metadata.len() });
    }
    let mut bytes = Vec::new();
    // The file may have grown since its size was asked.
    let limit = MAX_BYTES as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(load_error)?;
    String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), error.utf8_error().valid_up_to()))
}

fn load_error(error: std::io::Error) -> LoadError {
    match error.kind() {
        ErrorKind::NotFound => LoadError::NotFound,
        _ => LoadError::Other(error.to_string()),
    }
}

fn not_utf8(bytes: &[u8], offset: usize) -> LoadError {
    let before = String::from_utf8_lossy(&bytes[..offset]);
    let last_line = before.rsplit('\n').next().unwrap_or_default();
    LoadError::NotUtf8 {
        line: before.matches('\n').count() + 1,
        column: last_line.chars().count() + 1,
        offset,
    }
}
