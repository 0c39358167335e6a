//! Files over HTTP, however large: to the disk, not into memory.

use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pangeo::{Error, Result};
use reqwest::{Response, StatusCode};
use tempfile::{NamedTempFile, TempPath};
use tokio::time::{sleep, timeout};
use url::Url;

use super::exchange::{REDIRECTS, WORDS, body, broken, pause, send, target};
use super::failure::said;
use super::{Client, Failure, Inner, Kind, Limits, Pending, Request, retry, runtime};

impl Client {
    /// What lies at an address, as a temporary file, and the address that it came from in the end.
    ///
    /// # Errors
    /// When the server can't be reached or refuses, or the file can't be written.
    pub(crate) fn download(&self, url: &Url) -> Result<(TempPath, Url)> {
        let mut file = NamedTempFile::new().map_err(unwritten)?;
        let inner = Arc::clone(&self.inner);
        let asked = url.clone();
        let limits = self.whole();
        let task = runtime()?.spawn(async move {
            let from = fetch(&inner, &asked, &mut file, limits).await?;
            Ok((file.into_temp_path(), from))
        });
        let pending = Pending { task, url: url.clone(), cancelled: self.inner.options.cancelled.clone() };
        Ok(pending.wait()?)
    }
}

fn unwritten(error: std::io::Error) -> Error {
    Error::io("write", std::env::temp_dir(), error)
}

/// Ask until all of it is there, or no use in going on.
async fn fetch(inner: &Inner, url: &Url, file: &mut NamedTempFile, limits: Limits) -> Result<Url, Failure> {
    let mut retried = 0;
    let mut progress = Instant::now();
    loop {
        let began = Instant::now();
        let mut failure = match attempt(inner, url, file, limits.attempt, &mut progress).await {
            Ok(from) => return Ok(from),
            Err(failure) => failure,
        };
        failure.retried = retried;
        let pause = pause(inner, &failure, retried, limits, url);
        let left = limits.silence.saturating_sub(progress.elapsed());
        let Some(pause) = pause.filter(|pause| *pause < left) else {
            failure.spent = began.elapsed();
            return Err(failure);
        };
        sleep(pause).await;
        retried += 1;
    }
}

/// Ask once, and after redirects again.
async fn attempt(
    inner: &Inner,
    url: &Url,
    file: &mut NamedTempFile,
    silence: Duration,
    progress: &mut Instant,
) -> Result<Url, Failure> {
    let mut request = Request::get(url.clone());
    for _ in 0..=REDIRECTS {
        let mut response = send(inner, &request, silence).await?;
        *progress = Instant::now();
        let status = response.status();
        if status.is_redirection() {
            let next =
                target(&request.url, response.headers()).filter(|next| matches!(next.scheme(), "http" | "https"));
            let odd = || Failure::of(Kind::Odd(format!("the server redirects ({status}) to nowhere")), &request.url);
            request.url = next.ok_or_else(odd)?;
            continue;
        }
        if status != StatusCode::OK {
            let wait = retry::asked_for(response.headers());
            let words = body(&mut response, WORDS, silence).await.unwrap_or_default();
            return Err(Failure::of(Kind::Status(status.as_u16(), said(&words), wait), &request.url));
        }
        write(&mut response, file, silence, progress).await.map_err(|kind| Failure::of(kind, &request.url))?;
        return Ok(request.url);
    }
    Err(Failure::of(Kind::Odd(format!("the server redirects more than {REDIRECTS} times")), &request.url))
}

/// The body, from the start of the file.
async fn write(
    response: &mut Response,
    file: &mut NamedTempFile,
    silence: Duration,
    progress: &mut Instant,
) -> Result<(), Kind> {
    let failed = |error| Kind::Fatal(Box::new(unwritten(error)));
    file.as_file_mut().set_len(0).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    loop {
        match timeout(silence, response.chunk()).await {
            Ok(Ok(Some(chunk))) => file.write_all(&chunk).map_err(failed)?,
            Ok(Ok(None)) => return file.flush().map_err(failed),
            Ok(Err(error)) => return Err(broken(&error, silence)),
            Err(_) => return Err(Kind::Silence(silence)),
        }
        *progress = Instant::now();
    }
}
