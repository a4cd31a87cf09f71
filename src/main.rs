//! The `thumbscale` program.

#![forbid(unsafe_code)]

use std::process::ExitCode;

// Rounds allocate and free large samples on all threads. An allocator that gives them back to the system every time makes a
// million users a tenth to a fifth slower on two threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    thumbscale::run_program()
}
