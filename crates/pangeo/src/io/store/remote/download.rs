//! Objects of servers that send only the whole: downloaded once, into a file without a name.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;

use bytes::Bytes;

use super::fetch::Remote;
use super::reply::{Reply, Want};
use crate::io::store::ByteSource;
use crate::io::store::local::{checked_length, zeroed};
use crate::io::store::notes::note;
use crate::{Error, Result};

/// Downloads below this are not worth a word.
const WORTH_A_NOTE: u64 = 1 << 20;

/// A downloaded object; its file has no name, so the system removes it whatever happens to the process.
#[derive(Debug)]
pub(super) struct Downloaded {
    name: String,
    file: File,
    len: u64,
}

impl ByteSource for Downloaded {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let mut buffer = zeroed(checked_length(&range, self.len, &self.name)?, &self.name)?;
        self.file.read_exact_at(&mut buffer, range.start).map_err(|e| Error::io("read", &self.name, e))?;
        Ok(buffer.into())
    }
}

/// Saves the body of `reply`, which is the whole of `remote`; after a break it is asked for anew.
///
/// # Errors
/// When the connection goes on breaking off, or the disk is full.
pub(super) async fn download(remote: &Remote, mut reply: Reply) -> Result<Downloaded> {
    let name = remote.name();
    let policy = &remote.net.options.policy;
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut failures = 0;
    loop {
        let total = reply.total;
        let mut len = 0;
        let mut written = Ok(());
        let save = |piece: Bytes| {
            written = file.write_all(&piece);
            len += piece.len() as u64;
            written.is_ok()
        };
        let outcome = reply.body.each(remote.net.options.stalled, save).await;
        written.map_err(failed)?;
        let cause = match outcome {
            Ok(()) if total.is_none_or(|total| total == len) => {
                if len >= WORTH_A_NOTE {
                    note(format!("{name}: all {} MiB were downloaded, since the server can't send parts", len >> 20));
                }
                return Ok(Downloaded { name, file, len });
            }
            Ok(()) => "the answer is too short".to_owned(),
            Err(cause) => cause,
        };
        failures += 1;
        if failures >= policy.unanswered {
            let what = format!("the connection breaks off time and again, after {len} bytes: {cause}");
            return Err(Error::data(what, name).with_hint("try again later"));
        }
        tokio::time::sleep(policy.pause(failures)).await;
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        reply =
            remote.endpoint.get(&remote.key, &Want::All).await.map_err(|r| remote.endpoint.error(&remote.key, &r))?;
    }
}

fn failed(error: io::Error) -> Error {
    Error::io("write a temporary file in", std::env::temp_dir(), error)
}
