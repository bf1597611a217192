//! The files of a record: attach, list, write to a path, take away. A file's name is a value of its record and is
//! changed by an ordinary edit; its content lies in the cabinet.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use contract::{
    AttachSource, AttachTo, AttachmentCopy, AttachmentState, AttachmentView, Cell, Change, Failure,
    FailureCode, RecordChanges,
};
use data_encoding::BASE64;
use domain::permissions::Action;
use domain::record::{Attachment, EntityDef, Kind, Record, Value, attachments, row_facts};
use local_store::{NamedFile, NewFile, SealedFile, View};
use sanitize_filename::{Options, sanitize_with_options};
use sync_protocol::projection::Projection;
use uuid::Uuid;

use super::{Done, fault, get, refused, save};
use crate::attachments::{Placed, disk};
use crate::session::{Held, Session, kept};

/// The field that every master has.
const FIELD: &str = "attachments";

/// Every file that the record names, with where its content is.
pub fn list(
    view: &View,
    held: &Held,
    entity: &str,
    id: &str,
) -> Result<Vec<AttachmentView>, Failure> {
    let entity = super::entity(entity)?;
    let record = get::find(view, held, entity, id)?.record;
    let epoch = view.epoch().map_err(fault)?;
    let mut listed = Vec::new();
    for (field, file) in shown(held, &record) {
        let standing = view.attachment_standing(entity, record.id(), file.hash()).map_err(fault)?;
        let sealed = view.sealed_file(file.hash()).map_err(fault)?;
        let state = match sealed.filter(|sealed| sealed.whole) {
            Some(_) if standing.attached_here && standing.hub_epoch != Some(epoch) => {
                AttachmentState::WaitingToSend
            }
            Some(_) => AttachmentState::Here,
            None if standing.missing => AttachmentState::Missing,
            None => AttachmentState::OnServer,
        };
        listed.push(AttachmentView {
            field: field.to_owned(),
            hash: file.hash().to_owned(),
            name: file.name().to_owned(),
            media_type: file.media_type().to_owned(),
            size: file.size(),
            state,
        });
    }
    Ok(listed)
}

/// The files that this person sees named in the record and its rows.
fn shown(held: &Held, record: &Record) -> Vec<(&'static str, Attachment)> {
    let projection = Projection::of(held.grants(), record.entity());
    let rows = record.children().iter().map(|row| &row.values);
    let mut shown = Vec::new();
    for values in std::iter::once(&record.values).chain(rows) {
        let visible = |field: &str| !projection.hides(values.entity().name, field);
        shown.extend(attachments(values).into_iter().filter(|(field, _)| visible(field)));
    }
    shown
}

/// Attaches a file: its content is on the disk, sealed, before the record names it.
pub fn attach(
    session: &Session,
    held: &Held,
    to: &AttachTo,
    source: &AttachSource,
) -> Result<Done<Vec<AttachmentView>>, Failure> {
    let entity = super::entity(&to.entity)?;
    let field = field(entity, to.field.as_deref().unwrap_or(FIELD))?;
    let before =
        super::read(session, |view| Ok(get::find(view, held, entity, &to.id.to_string())?.record))?;
    // Before anything is copied: a large file takes its time.
    held.check(Action::Edit, entity, Some(&row_facts(&before)), &[field])?;
    let most = session.store.read(|view| view.kept(kept::ATTACHMENT_MAX)).map_err(fault)?;
    let most = most.and_then(|bytes| bytes.try_into().ok()).map_or(u64::MAX, u64::from_be_bytes);
    let name = called(source)?;
    let mut content = open(source, most, &name)?;
    let placed = session.cabinet.put(&mut *content, most, session.host()).map_err(disk)?;
    let placed = placed.ok_or_else(|| too_large(&name, most))?;
    let Placed { file, .. } = &placed;
    let media_type = mime_guess::from_path(&name).first_or_octet_stream();
    let named = Attachment::new(&file.hash, file.size, media_type.essence_str(), &name).map_err(
        |problem| refused(vec![contract::Problem::new(field, problem.rule, problem.message)]),
    )?;
    let mut list = entries(&before, field);
    let old = attachments(&before.values).into_iter();
    if let Some((_, old)) =
        old.into_iter().find(|(at, old)| *at == field && old.hash() == named.hash())
    {
        let message = format!("this file is attached already, as \"{}\"", old.name());
        return Err(Failure::new(FailureCode::Refused, message));
    }
    list.push(named.to_string());
    // A content that is here already is kept once.
    let known = session.store.read(|view| view.sealed_file(&file.hash)).map_err(fault)?;
    let file = known.filter(|known| known.whole).unwrap_or_else(|| file.clone());
    let new = NewFile { entity, row_id: to.id, file };
    write(session, held, &before, field, list, &[new])
}

/// Takes a file away from the record: an ordinary edit. The content goes once nothing names it.
pub fn detach(
    session: &Session,
    held: &Held,
    to: &AttachTo,
    hash: &str,
) -> Result<Done<Vec<AttachmentView>>, Failure> {
    let entity = super::entity(&to.entity)?;
    let field = field(entity, to.field.as_deref().unwrap_or(FIELD))?;
    let before =
        super::read(session, |view| Ok(get::find(view, held, entity, &to.id.to_string())?.record))?;
    held.check(Action::Edit, entity, Some(&row_facts(&before)), &[field])?;
    let mut list = entries(&before, field);
    let all = list.len();
    list.retain(|entry| !entry.starts_with(hash) || hash.is_empty());
    if list.len() == all {
        return Err(super::not_found());
    }
    write(session, held, &before, field, list, &[])
}

fn write(
    session: &Session,
    held: &Held,
    before: &Record,
    field: &str,
    list: Vec<String>,
    files: &[NewFile],
) -> Result<Done<Vec<AttachmentView>>, Failure> {
    let change = Change {
        field: field.to_owned(),
        from: Some(before.get(field).to_cell()),
        to: Cell::List(list),
    };
    let changes = RecordChanges { fields: vec![change], children: Vec::new() };
    let (entity, id) = (before.entity().name, before.id());
    let saved = save::save_attaching(session, held, entity, Some(id), changes, files)?;
    let listed = super::read(session, |view| list_again(view, held, entity, id))?;
    Ok(Done { answer: listed, touched: saved.touched })
}

fn list_again(
    view: &View,
    held: &Held,
    entity: &str,
    id: Uuid,
) -> Result<Vec<AttachmentView>, Failure> {
    list(view, held, entity, &id.to_string())
}

/// The file with this hash that the record names, and its content where it is here.
pub fn named(
    view: &View,
    held: &Held,
    entity: &str,
    id: Uuid,
    hash: &str,
) -> Result<(NamedFile, Option<SealedFile>), Failure> {
    let entity = super::entity(entity)?;
    let record = get::find(view, held, entity, &id.to_string())?.record;
    let found = shown(held, &record).into_iter().find(|(_, file)| file.hash() == hash);
    let (_, file) = found.ok_or_else(super::not_found)?;
    let sealed = view.sealed_file(hash).map_err(fault)?.filter(|sealed| sealed.whole);
    Ok((NamedFile { entity, row_id: id, file }, sealed))
}

/// Writes the content of a file to a path: into it, under the file's own name, where it is a folder. Without a
/// path it goes among the person's downloads, under a name that is free there.
pub fn copy_out(
    session: &Session,
    named: &NamedFile,
    sealed: &SealedFile,
    to: Option<&str>,
) -> Result<AttachmentCopy, Failure> {
    let path = match to {
        None => free_name(&downloads()?, &on_disk(named.file.name())),
        Some(to) if Path::new(to).is_dir() => Path::new(to).join(on_disk(named.file.name())),
        Some(to) => PathBuf::from(to),
    };
    session.cabinet.copy_out(sealed, &path).map_err(|error| at(&path, error))?;
    Ok(AttachmentCopy { path: path.display().to_string() })
}

/// Shows a file in the program that this machine has for it: a copy that cannot be written to, which goes when
/// Daybook is next started.
pub fn open_out(
    session: &Session,
    named: &NamedFile,
    sealed: &SealedFile,
) -> Result<AttachmentCopy, Failure> {
    let name = named.file.name();
    if !only_shows(name) {
        let message = format!("\"{name}\" may be a program and is not opened; save a copy of it");
        return Err(Failure::new(FailureCode::Refused, message));
    }
    let path = session.cabinet.show(sealed, &on_disk(name), session.host()).map_err(disk)?;
    open::that_detached(&path).map_err(|error| at(&path, error))?;
    Ok(AttachmentCopy { path: path.display().to_string() })
}

/// Whether the program that a system has for a file of this name shows it and runs nothing of it. By the end of
/// the name, as the system decides by it, and not by what the record says.
fn only_shows(name: &str) -> bool {
    let media_type = mime_guess::from_path(name).first_or_octet_stream();
    let end = Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match media_type.essence_str() {
        // A drawing may hold a script.
        "image/svg+xml" => false,
        "application/pdf" | "application/msword" | "application/vnd.ms-excel" | "text/csv" => true,
        // Scripts are plain text as well.
        "text/plain" => end == "txt",
        other => {
            let kinds = [
                "image/",
                "audio/",
                "video/",
                "application/vnd.oasis.opendocument.",
                "application/vnd.openxmlformats-officedocument.",
            ];
            kinds.iter().any(|kind| other.starts_with(kind))
        }
    }
}

fn downloads() -> Result<PathBuf, Failure> {
    dirs::download_dir().or_else(dirs::home_dir).ok_or_else(|| {
        Failure::new(FailureCode::Refused, "this machine has no folder for downloads; name one")
    })
}

/// The name as every system takes it for that of a file: a colon leads to another drive on one, `CON` to no file at
/// all.
fn on_disk(name: &str) -> String {
    let options = Options { windows: true, truncate: true, replacement: "_" };
    let name = sanitize_with_options(name, options);
    if name.is_empty() { "_".to_owned() } else { name }
}

/// `Offer.pdf`, else `Offer (2).pdf` and so on.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let name = Path::new(name);
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let end = name.extension().map(|end| format!(".{}", end.to_string_lossy()));
    let end = end.unwrap_or_default();
    let names = (2_u32..).map(|number| folder.join(format!("{stem} ({number}){end}")));
    let mut names = std::iter::once(folder.join(name)).chain(names);
    // Numbers end after four thousand million names.
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

/// The field of this name, if it takes files.
fn field(entity: &EntityDef, name: &str) -> Result<&'static str, Failure> {
    let taking = || entity.all_fields().filter(|field| field.kind == Kind::Attachments);
    taking().find(|field| field.name == name).map(|field| field.name).ok_or_else(|| {
        let known: Vec<_> = taking().map(|field| field.name).collect();
        let message = format!("{name} takes no files; these do: {}", known.join(", "));
        Failure::new(FailureCode::Usage, message)
    })
}

fn entries(record: &Record, field: &str) -> Vec<String> {
    match record.get(field) {
        Value::List(list) => list.clone(),
        _ => Vec::new(),
    }
}

/// What the file is to be called.
fn called(source: &AttachSource) -> Result<String, Failure> {
    let name = match source {
        AttachSource::File { name: Some(name), .. } | AttachSource::Content { name, .. } => {
            name.clone()
        }
        AttachSource::File { path, name: None } => {
            let name = Path::new(path).file_name();
            name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let name = domain::record::clean(&name).trim().to_owned();
    match name.is_empty() {
        true => Err(Failure::new(FailureCode::Usage, "a file without a name cannot be attached")),
        false => Ok(name),
    }
}

fn open(source: &AttachSource, most: u64, name: &str) -> Result<Box<dyn Read>, Failure> {
    match source {
        AttachSource::File { path, .. } => {
            let path = Path::new(path);
            let about = std::fs::metadata(path).map_err(|error| at(path, error))?;
            if !about.is_file() {
                return Err(at(path, io::ErrorKind::IsADirectory.into()));
            }
            if about.len() > most {
                return Err(too_large(name, most));
            }
            Ok(Box::new(File::open(path).map_err(|error| at(path, error))?))
        }
        AttachSource::Content { content, .. } => {
            let content = BASE64
                .decode(content.as_bytes())
                .map_err(|_| Failure::new(FailureCode::Usage, "what was pasted cannot be read"))?;
            Ok(Box::new(io::Cursor::new(content)))
        }
    }
}

fn too_large(name: &str, most: u64) -> Failure {
    let message = format!(
        "\"{name}\" is too large: the sync server takes files of at most {} MB. Make it smaller, or ask your \
         administrator to let it take larger ones (DAYBOOK_MAX_ATTACHMENT_BYTES)",
        most / 1_000_000
    );
    Failure::new(FailureCode::Refused, message)
}

fn at(path: &Path, error: io::Error) -> Failure {
    let failure = disk(error);
    let message = format!("{}: {}", path.display(), failure.message);
    Failure::new(failure.code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_not_opened() {
        let shown = "Offer.pdf scan.PNG list.xlsx list.ods letter.docx a.csv a.txt";
        for name in shown.split(' ') {
            assert!(only_shows(name), "{name}");
        }
        let run = "setup.exe run.sh x.desktop page.html a.jar a.py x a.lnk a.bat a.svg a.apk a.ps1 a.hta a.js a.vbs";
        for name in run.split(' ') {
            assert!(!only_shows(name), "{name}");
        }
    }

    #[test]
    fn a_name_from_another_system_leads_nowhere_else() {
        for (name, kept) in [
            ("Offer.pdf", "Offer.pdf"),
            ("C:x.bat", "C_x.bat"),
            ("a.txt:stream", "a.txt_stream"),
            ("CON", "_"),
            ("..", "_"),
        ] {
            assert_eq!(on_disk(name), kept);
        }
    }

    #[test]
    fn a_copy_takes_a_name_that_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let free = || free_name(folder.path(), "Offer.pdf");
        assert_eq!(free(), folder.path().join("Offer.pdf"));
        std::fs::write(free(), "1").unwrap();
        assert_eq!(free(), folder.path().join("Offer (2).pdf"));
        std::fs::write(free(), "2").unwrap();
        assert_eq!(free(), folder.path().join("Offer (3).pdf"));
    }
}
