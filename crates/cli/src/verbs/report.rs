//! What came of a file, told at a terminal: the same finding of many lines once. JSON has each of them.

use std::collections::HashMap;

use contract::{DecimalSign, ImportProblem, ImportReport, ImportUndone};

/// So many runs of lines are written out; the rest are counted.
const RUNS: usize = 5;

/// What came of an import, or would come of it.
pub fn imported(report: &ImportReport) -> String {
    let form = &report.form;
    let said = [
        form.encoding.clone(),
        form.delimiter.as_ref().map(|sign| format!("cells parted by {sign:?}")),
        form.sheet.as_ref().map(|sheet| format!("sheet {sheet}")),
        Some(match form.decimal {
            DecimalSign::Point => "numbers like 1,234.56".to_owned(),
            DecimalSign::Comma => "numbers like 1.234,56".to_owned(),
        }),
        Some(format!("dates like {}", form.dates)),
    ];
    let mut lines = vec![said.into_iter().flatten().collect::<Vec<_>>().join(", ")];
    for column in &report.columns {
        let target = column.target.as_deref().unwrap_or("?");
        lines.push(format!("  {} -> {target}", column.column));
    }
    lines.extend(findings(&report.problems));
    for note in &report.notes {
        let times = if note.count > 1 { format!(" ({} times)", note.count) } else { String::new() };
        lines.push(format!("note: line {}: {}{times}", note.line, note.message));
    }
    let counts = report.counts;
    let verb = match (report.dry_run, report.cancelled) {
        (true, _) => "nothing is written",
        (false, true) => "stopped",
        (false, false) => "done",
    };
    lines.push(format!(
        "{} new, {} changed, {} unchanged, {} refused: {verb}",
        counts.new, counts.changed, counts.unchanged, counts.refused
    ));
    lines.extend(awaiting(report));
    if report.problems.iter().any(|problem| problem.line == 1) {
        lines.push("nothing can be imported until the errors of line 1 are mended".to_owned());
    }
    if let Some(batch) = report.batch {
        lines.push(format!("take it back with: daybook imports undo {batch}"));
    }
    lines.join("\n")
}

fn awaiting(report: &ImportReport) -> Option<String> {
    let count = report.awaiting_approval;
    if count == 0 {
        return None;
    }
    let accounts = bank_accounts(count);
    Some(match (report.dry_run, count) {
        (true, _) => format!("{accounts} would wait for a second person's approval"),
        (false, 1) => {
            format!("{accounts} waits for a second person's approval; see: daybook approvals")
        }
        (false, _) => {
            format!("{accounts} wait for a second person's approval; see: daybook approvals")
        }
    })
}

/// What came of taking an import back.
pub fn undone(undone: &ImportUndone) -> String {
    let mut lines = vec![format!("{} deleted, {} put back", undone.retired, undone.restored)];
    if undone.withdrawn > 0 {
        let accounts = bank_accounts(undone.withdrawn);
        lines.push(format!(
            "{accounts} that the import had proposed: no longer waiting for approval"
        ));
    }
    if undone.proposed_anew > 0 {
        let accounts = bank_accounts(undone.proposed_anew);
        lines.push(format!(
            "{accounts} that waited before the import: proposed anew, waiting for approval again"
        ));
    }
    lines.extend(
        undone.left.iter().map(|left| format!("  {} ({}): {}", left.title, left.id, left.message)),
    );
    lines.join("\n")
}

fn bank_accounts(count: u32) -> String {
    match count {
        1 => "1 bank account".to_owned(),
        count => format!("{count} bank accounts"),
    }
}

/// Each finding once, with the lines that it is about, in the order of their first.
fn findings(problems: &[ImportProblem]) -> Vec<String> {
    let mut found: Vec<(&ImportProblem, Vec<u64>)> = Vec::new();
    let mut known: HashMap<(String, &str, &str), usize> = HashMap::new();
    for problem in problems {
        let what = (place(problem), problem.rule.as_str(), problem.message.as_str());
        let at = *known.entry(what).or_insert(found.len());
        match found.get_mut(at) {
            Some((_, lines)) => lines.push(problem.line),
            None => found.push((problem, vec![problem.line])),
        }
    }
    let told = found.iter().map(|(problem, lines)| {
        let place = place(problem);
        format!("{}, {place}: {} ({})", runs(lines), problem.message, problem.rule)
    });
    told.collect()
}

/// The column; the field without the id of its row where there is none, which is another one in each line.
fn place(problem: &ImportProblem) -> String {
    match (&problem.column, problem.field.split_once('[')) {
        (Some(column), _) => column.clone(),
        (None, Some((child, rest))) => {
            format!("{child}{}", rest.split_once(']').map_or("", |(_, field)| field))
        }
        (None, None) => problem.field.clone(),
    }
}

/// `line 4`; `38 lines: 2-26, 31, 40 and 11 more`.
fn runs(lines: &[u64]) -> String {
    if let [line] = lines {
        return format!("line {line}");
    }
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((_, last)) if *line <= *last + 1 => *last = *line,
            _ => runs.push((*line, *line)),
        }
    }
    let said = |(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    runs.truncate(RUNS);
    let shown: Vec<String> = runs.iter().map(said).collect();
    let last = runs.last().map_or(0, |(_, last)| *last);
    let more = match lines.iter().filter(|line| **line > last).count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} lines: {}{more}", lines.len(), shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: u64, field: &str, message: &str) -> ImportProblem {
        ImportProblem {
            line,
            column: None,
            value: None,
            field: field.to_owned(),
            rule: "required".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_finding_of_many_lines_is_told_once_with_their_number_and_the_first_of_them() {
        let lines = (2..27).chain([31]).chain((40..60).step_by(2));
        let missing =
            lines.map(|line| problem(line, &format!("contact[id-{line}].name"), "is required"));
        let mut problems: Vec<ImportProblem> = missing.collect();
        problems.push(ImportProblem {
            column: Some("Land".to_owned()),
            ..problem(4, "country", "is no country")
        });
        assert_eq!(
            findings(&problems),
            [
                "36 lines: 2-26, 31, 40, 42, 44 and 7 more, contact.name: is required (required)",
                "line 4, Land: is no country (required)",
            ]
        );
    }

    #[test]
    fn what_was_taken_back_says_what_became_of_the_bank_accounts() {
        let mut back = ImportUndone {
            retired: 0,
            restored: 3,
            withdrawn: 3,
            proposed_anew: 1,
            left: Vec::new(),
            cancelled: false,
        };
        let told = undone(&back);
        assert!(told.contains("3 bank accounts that the import had proposed"), "{told}");
        assert!(told.contains("1 bank account that waited before the import"), "{told}");
        (back.withdrawn, back.proposed_anew) = (0, 0);
        assert_eq!(undone(&back), "0 deleted, 3 put back");
    }
}
