//! `thumbscale serve`: the teaching page, served to the browser of this machine.

mod assets;
mod band;
mod desk;
mod facts;
mod guard;
mod player;
mod refusal;
mod replay;
mod run;
mod scenario;
mod stream;

use super::exit::Exit;
use super::simulate::Threads;
use super::talk::{Talk, print};
use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use clap::Args;
use desk::Desk;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Largest request that is read; a state with every change is a tenth of it.
const MOST_BYTES: usize = 64 * 1024;

/// Open the teaching page in a browser: see, predict and take apart the drift
///
/// Everything runs on this machine and nothing is fetched from a network. The page can be reached from this machine only,
/// unless --host says otherwise. Ctrl-C ends it.
#[derive(Args)]
#[command(after_help = "Example: thumbscale serve --port 8080 --no-open")]
pub struct Arguments {
    /// Port to listen on [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Address to listen on; with 0.0.0.0 everyone in your network can open the page
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Only print the address, open no browser
    #[arg(long)]
    no_open: bool,
    /// Most pages that may run at the same time
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=200))]
    pages: u16,
    #[command(flatten)]
    threads: Threads,
}

pub fn serve(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the server")?;
    runtime.block_on(listen(arguments, talk))?;
    // Pages that are still open do not hold the program.
    runtime.shutdown_background();
    Ok(Exit::Fine)
}

async fn listen(arguments: &Arguments, talk: Talk) -> anyhow::Result<()> {
    let wanted = SocketAddr::new(arguments.host, arguments.port);
    let listener = TcpListener::bind(wanted).await.with_context(|| {
        format!("cannot listen on {wanted}; try another --port, or none for any that is free")
    })?;
    let address = listener.local_addr()?;
    let desk = Arc::new(Desk::new(arguments.threads.pool()?, usize::from(arguments.pages)));
    tell(address, talk)?;
    if !arguments.no_open && open::that_detached(url(address)).is_err() {
        talk.say("no browser could be started; open the address yourself");
    }
    tokio::select! {
        ended = std::future::IntoFuture::into_future(axum::serve(listener, router(desk, address))) => ended.context("the server ended"),
        stopped = stop_asked_for() => stopped,
    }
}

/// The address alone on stdout, for whoever started the program.
fn tell(address: SocketAddr, talk: Talk) -> anyhow::Result<()> {
    print(&format!("{}\n", url(address)))?;
    if !address.ip().is_loopback() {
        talk.say("everyone who reaches this machine can open the page");
    }
    talk.say("Ctrl-C ends it");
    Ok(())
}

/// What a browser on this machine opens.
fn url(address: SocketAddr) -> String {
    let shown = if address.ip().is_unspecified() {
        SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port())
    } else {
        address
    };
    format!("http://{shown}/")
}

#[cfg(unix)]
async fn stop_asked_for() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => Ok(asked?),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop_asked_for() -> anyhow::Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}

fn router(desk: Arc<Desk>, address: SocketAddr) -> Router {
    Router::new()
        .route("/api/lesson", get(facts::lesson))
        .route("/api/run", get(run::start))
        .route("/api/run/{id}", post(run::order))
        .route("/api/run/{id}/change", post(run::change))
        .route("/api/scenario", get(scenario::scenario))
        .route("/api/band", get(band::start))
        .route("/api/replay", get(replay::start))
        .fallback(get(assets::asset))
        .method_not_allowed_fallback(refusal::wrong_method)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(address.ip(), guard::guard))
        .with_state(desk)
}
