//! `daybook approvals`, `approve` and `refuse`: what waits for a second person.

use contract::{Cell, Command, Failure, ProposalAct, ProposalView, RecordView, Reply};
use engine::Engine;
use uuid::Uuid;

use super::unexpected;
use crate::output::Output;

pub async fn list(engine: &Engine, output: Output) -> Result<(), Failure> {
    let Reply::Approvals(waiting) = engine.call(Command::Approvals).await? else {
        return Err(unexpected());
    };
    output.answer(&waiting, || match waiting.as_slice() {
        [] => "Nothing waits for an approval.".to_owned(),
        waiting => waiting.iter().map(line).collect::<Vec<_>>().join("\n"),
    })
}

/// One proposal on a few lines: whose, and each value that changes, as it stands and as it is proposed.
fn line(proposal: &ProposalView) -> String {
    let ProposalView { entity, title, record, id, .. } = proposal;
    let mut lines = vec![format!("{entity} {title} ({record}), proposal {id}")];
    let by = match (proposal.own, &proposal.proposed_by_name) {
        (true, _) => "you",
        (false, Some(name)) => name,
        (false, None) => "a user whose name is not known here",
    };
    let at = proposal.proposed_at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
    lines.push(format!("  proposed by {by}{at}"));
    for (field, proposed) in &proposal.proposed {
        if proposal.standing.get(field) == Some(proposed) {
            continue;
        }
        let proposed = text(proposed);
        lines.push(match proposal.standing.get(field) {
            Some(standing) => format!("  {field}: {} -> {proposed}", text(standing)),
            None => format!("  {field}: (what is in force is not yours to read) -> {proposed}"),
        });
    }
    lines.extend(proposal.elsewhere.iter().map(|same| {
        let how = if same.in_force { "in force" } else { "proposed as well" };
        format!(
            "  look closely: the same {} is {how} at {} ({})",
            same.field, same.title, same.record
        )
    }));
    let may = match (proposal.may_approve, proposal.own) {
        (true, _) => "you may approve or refuse it",
        (false, true) => "you proposed it; somebody else has to approve it",
        (false, false) => "somebody else decides",
    };
    lines.push(match proposal.cooling_hours {
        Some(hours) => {
            format!("  payments wait until then, and for {hours} hours after an approval")
        }
        None => "  payments wait until then, and for a time after an approval".to_owned(),
    });
    lines.push(format!("  {may}"));
    lines.join("\n")
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => "nothing".to_owned(),
        Cell::Text(text) => text.clone(),
        cell => serde_json::to_string(cell).unwrap_or_default(), // no cell is unprintable
    }
}

pub async fn approve(
    engine: &Engine,
    entity: String,
    id: String,
    proposal: Option<Uuid>,
    output: Output,
) -> Result<(), Failure> {
    let act = ProposalAct::Approve;
    let record = decided(engine, Command::Decide { entity, id, proposal, act }).await?;
    output.answer(&record, || format!("Approved: {} ({})", record.title, record.id))
}

pub async fn refuse(
    engine: &Engine,
    entity: String,
    id: String,
    (proposal, reason): (Option<Uuid>, Option<String>),
    output: Output,
) -> Result<(), Failure> {
    let act = ProposalAct::Refuse { reason };
    let record = decided(engine, Command::Decide { entity, id, proposal, act }).await?;
    output.answer(&record, || format!("Refused: {} ({})", record.title, record.id))
}

async fn decided(engine: &Engine, command: Command) -> Result<RecordView, Failure> {
    match engine.call(command).await? {
        Reply::Record(record) => Ok(record),
        _ => Err(unexpected()),
    }
}
