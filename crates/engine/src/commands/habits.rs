//! `Habit` and `KeepHabit`: where a person was last and what they opened, on this device. What is written is on the
//! disk when it is answered, so that a window that is closed at once has lost nothing. No setting of the program
//! is kept here: those hold before anybody has signed in.

use contract::{Failure, FailureCode};
use local_store::View;

use super::fault;
use crate::session::{Held, Session};

/// Bytes of a value, and of a name.
const VALUE_MAX: usize = 16 * 1024;
const NAME_MAX: usize = 60;

pub fn habit(view: &View, held: &Held, name: &str) -> Result<Option<String>, Failure> {
    let kept = view.kept(&place(held, name)?).map_err(fault)?;
    // What cannot be read is as good as none.
    Ok(kept.and_then(|bytes| String::from_utf8(bytes).ok()))
}

pub fn keep(
    session: &Session,
    held: &Held,
    name: &str,
    value: Option<String>,
) -> Result<Option<String>, Failure> {
    if value.as_ref().is_some_and(|value| value.len() > VALUE_MAX) {
        let message = format!("a habit takes at most {VALUE_MAX} bytes; keep less of it");
        return Err(Failure::new(FailureCode::Usage, message));
    }
    let place = place(held, name)?;
    session.store.keep(&[(&place, value.as_deref().map(str::as_bytes))]).map_err(fault)?;
    Ok(value)
}

/// By person: whoever signs in here next has habits of their own.
fn place(held: &Held, name: &str) -> Result<String, Failure> {
    let is_plain = |sign: char| sign.is_ascii_lowercase() || sign == '_' || sign == '.';
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(is_plain) {
        let message = "a habit is named by small letters, points and underscores; rename it";
        return Err(Failure::new(FailureCode::Usage, message));
    }
    Ok(format!("habit.{}.{name}", held.grants().user_id))
}

#[cfg(test)]
mod tests {
    use contract::{Command, Failure, FailureCode, Reply};
    use domain::permissions::StandardRole;

    use crate::desk::Desk;

    fn habit(desk: &Desk, command: Command) -> Result<Option<String>, Failure> {
        match desk.call(command)? {
            Reply::Habit(value) => Ok(value),
            reply => panic!("a habit, not {reply:?}"),
        }
    }

    #[tokio::test]
    async fn a_person_comes_back_to_where_they_were() {
        let desk = Desk::of(StandardRole::Manager);
        let name = || "place".to_owned();
        let asked = || habit(&desk, Command::Habit { name: name() }).unwrap();
        assert_eq!(asked(), None);
        let value = Some("\"supplier\"".to_owned());
        habit(&desk, Command::KeepHabit { name: name(), value: value.clone() }).unwrap();
        assert_eq!(asked(), value);
        habit(&desk, Command::KeepHabit { name: name(), value: None }).unwrap();
        assert_eq!(asked(), None);
    }

    #[tokio::test]
    async fn what_is_no_habit_is_refused() {
        let desk = Desk::of(StandardRole::Manager);
        let long = Some("x".repeat(20_000));
        for (name, value) in [("", None), ("lease clock", None), ("Place", None), ("place", long)] {
            let keep = Command::KeepHabit { name: name.to_owned(), value };
            assert_eq!(habit(&desk, keep).unwrap_err().code, FailureCode::Usage, "{name}");
        }
    }
}
