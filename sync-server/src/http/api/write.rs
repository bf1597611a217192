//! Creating, changing and retiring records by request: each becomes an op of the device that stands on the hub
//! for the person, and is judged like any other. What is refused leaves nothing but its entry in the audit: who
//! asked waits for the answer, so nothing is kept for them in Attention.

use std::time::Instant;

use axum::extract::{Request as Incoming, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::permissions::{Action, check};
use domain::record::{Change, EntityDef, Record, fold_entry, row_facts};
use domain::versions;
use serde_json::{Map, Value as Json, json};
use sync_protocol::device::draft;
use sync_protocol::op::{ChainEnd, Intent, Op, SealedOp, Verb as IntentVerb};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::answer::{self, About, Answer, Outcome};
use super::input::Input;
use super::numbered::numbered;
use super::read::{ExternalPath, Named, find};
use super::reference::{self, EXTERNAL_IDS};
use super::request::{Request, Verb, hub_device_of};
use crate::audit::{self, Actor, Entry, Outcome as Ended};
use crate::http::problem::FieldError;
use crate::http::{App, Code, Problem, SignedIn};
use crate::ids;
use crate::store::control::usage::Measure;
use crate::store::tenant::api_answer;
use crate::store::tenant::record::lock_name;
use crate::store::tenant::sync::{commit, device};
use crate::store::{self, Connection};
use crate::sync::Sender;
use crate::sync::leases::Leases;
use crate::sync::push::{self, push};

/// `POST /api/v1/<entity>`
pub(super) async fn create(
    entity: &'static EntityDef,
    app: State<App>,
    who: SignedIn,
    request: Incoming,
) -> Result<Response, Problem> {
    write(entity, app, who, Verb::Create, request).await
}

/// `PATCH /api/v1/<entity>/{id}`
pub(super) async fn change(
    entity: &'static EntityDef,
    app: State<App>,
    who: SignedIn,
    named: Result<Named, Problem>,
    request: Incoming,
) -> Result<Response, Problem> {
    write(entity, app, who, Verb::Change(named?), request).await
}

/// `DELETE /api/v1/<entity>/{id}`
pub(super) async fn retire(
    entity: &'static EntityDef,
    app: State<App>,
    who: SignedIn,
    named: Result<Named, Problem>,
    request: Incoming,
) -> Result<Response, Problem> {
    write(entity, app, who, Verb::Retire(named?), request).await
}

/// `PUT /api/v1/<entity>/external/{system}/{external_id}`
pub(super) async fn upsert(
    entity: &'static EntityDef,
    app: State<App>,
    who: SignedIn,
    path: ExternalPath,
    request: Incoming,
) -> Result<Response, Problem> {
    let axum::extract::Path((system, id)) = path.map_err(|_| Problem::not_found())?;
    write(entity, app, who, Verb::Upsert { system, id }, request).await
}

async fn write(
    entity: &'static EntityDef,
    State(app): State<App>,
    who: SignedIn,
    verb: Verb,
    incoming: Incoming,
) -> Result<Response, Problem> {
    let (parts, body) = incoming.into_parts();
    let request = Request::read(entity, verb, &parts, body, &app.config.limits).await?;
    let (now, actor) = (app.clock.now(), who.actor());
    let (user, hub_device) = (who.user_id(), hub_device_of(who.user_id()));
    let op_id = request.op_id(user, ids::row_id(now));
    let mut connection = who.connection(&app).await?;
    let mut tx = store::begin(&mut connection).await?;
    // From here on this person's writes by request come one after the other.
    let chain = device::lock_chain(&mut tx, hub_device, user, now).await?.chain;
    if request.is_keyed()
        && let Some(kept) = api_answer::find(&mut tx, op_id).await?
    {
        if kept.request_hash == request.hash() {
            return Ok(answer::response(entity, kept));
        }
        note_key_reused(&mut tx, actor, entity, op_id, now).await?;
        store::commit(tx).await?;
        let detail = "This Idempotency-Key was used before for another request; draw a new one.";
        return Err(Problem::new(Code::KeyReused, detail));
    }
    let scribe = Scribe { who: &who, actor: &actor, hub_device, request: &request, op_id, now };
    let Written { answer, judged, rows, policy_version } = scribe.write(&mut tx, chain).await?;
    let answer = answer.kept(request.hash());
    if request.is_keyed() {
        api_answer::insert(&mut tx, op_id, &answer, now).await?;
    }
    store::commit(tx).await?;
    if let Some(version) = policy_version {
        // Before the answer: whoever is told of a new mask finds it in force.
        app.control.raise_policy_version(who.tenant_id(), version).await?;
    }
    if rows > 0 {
        let (asked, head) = (Instant::now(), commit::head(&mut connection).await?);
        app.news.wrote(who.tenant_id(), who.epoch(), head, asked);
    }
    app.meter.count(who.tenant_id(), Measure::Ops, judged);
    metrics::counter!("daybook_ops_judged").increment(judged as u64);
    metrics::counter!("daybook_records_written").increment(rows as u64);
    Ok(answer::response(entity, answer))
}

async fn note_key_reused(
    connection: &mut Connection,
    actor: Actor,
    entity: &EntityDef,
    op_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let mut entry = Entry::new(actor, "api.key_reused", Ended::Denied);
    entry.op_id = Some(op_id);
    entry.entity = Some(entity.name.to_owned());
    Ok(audit::append(connection, vec![entry], now).await?)
}

/// One write under way.
struct Scribe<'a> {
    who: &'a SignedIn,
    actor: &'a Actor,
    hub_device: Uuid,
    request: &'a Request,
    op_id: Uuid,
    now: DateTime<Utc>,
}

/// What a request came to.
struct Written {
    answer: Answer,
    /// Ops that were judged.
    judged: usize,
    /// Records that were written.
    rows: usize,
    /// Where the write changed what roles give.
    policy_version: Option<i64>,
}

impl Written {
    fn nothing(answer: Answer) -> Self {
        Self { answer, judged: 0, rows: 0, policy_version: None }
    }
}

/// What a request comes to before the judge.
enum Plan {
    /// Nothing is different from what stands.
    Nothing(Answer),
    Op {
        intent: Intent,
        input: Input,
    },
}

/// A refusal, and what the audit tells of it: the record, the code and the field.
struct Refusal {
    problem: Box<Problem>,
    denied: Option<(Uuid, &'static str, Option<String>)>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), denied: None }
    }
}

impl Scribe<'_> {
    async fn write(&self, tx: &mut Connection, chain: ChainEnd) -> Result<Written, Problem> {
        let (intent, input) = match self.plan(tx).await? {
            Ok(Plan::Nothing(answer)) => return Ok(Written::nothing(answer)),
            Ok(Plan::Op { intent, input }) => (intent, input),
            Err(Refusal { problem, denied }) => {
                self.note(tx, denied).await?;
                return Ok(Written::nothing(Answer::problem(*problem)?));
            }
        };
        let about = About {
            entity: self.request.entity,
            id: intent.id,
            creates: intent.verb == IntentVerb::Create,
            demanded: self.request.demanded(),
            input: &input,
        };
        // Within what is taken back with a refusal: then the number was not given.
        let mut savepoint = store::begin(tx).await?;
        let intent = numbered(&mut savepoint, self.who, intent, self.now).await?;
        let op = SealedOp::seal(Op {
            op_id: self.op_id,
            op_seq: chain.op_seq + 1,
            prev_hash: chain.hash,
            lease_serial: 0,
            occurred_at: self.now,
            needs: Vec::new(),
            replaces: None,
            intent,
        });
        let op = op.map_err(|error| Problem::internal(&error))?;
        let sender = Sender {
            user: self.who.user_id(),
            device: self.hub_device,
            grants: self.who.grants(),
            actor: self.actor,
            leases: &Leases::Unneeded,
            answered_to: 0,
        };
        let ops = push::read(vec![op.bytes().to_vec()])?;
        let pushed = push(&mut savepoint, sender, ops, self.now).await?;
        let receipt =
            pushed.reply.receipts.first().map(|(_, bytes)| wire::decode::<Receipt>(bytes));
        let receipt = receipt.transpose().map_err(|error| Problem::internal(&error))?;
        let missing = || Problem::new(Code::Internal, "The hub failed.");
        match about.outcome(receipt.ok_or_else(missing)?) {
            Outcome::Done(answer) => {
                store::commit(savepoint).await?;
                let (judged, rows) = (pushed.judged, pushed.rows);
                Ok(Written { answer, judged, rows, policy_version: pushed.policy_version })
            }
            Outcome::Refused(problem, denied) => {
                store::roll_back(savepoint).await?;
                let denied = denied.map(|(code, field)| (about.id, code, field));
                self.note(tx, denied).await?;
                let answer = Answer::problem(problem)?;
                Ok(Written { judged: pushed.judged, ..Written::nothing(answer) })
            }
        }
    }

    /// Notes a denial.
    async fn note(
        &self,
        tx: &mut Connection,
        denied: Option<(Uuid, &'static str, Option<String>)>,
    ) -> Result<(), Problem> {
        let Some((id, code, field)) = denied else { return Ok(()) };
        let verb = match self.request.verb {
            Verb::Create => IntentVerb::Create,
            Verb::Change(_) | Verb::Upsert { .. } => IntentVerb::Update,
            Verb::Retire(_) => IntentVerb::Retire,
        };
        let entity = self.request.entity.name;
        let entry = Entry::new(self.actor.clone(), &format!("{entity}.{verb}"), Ended::Denied);
        let why = json!({ "code": code, "field": field });
        let entry = entry.about(entity, id).with(&why);
        let mut entry = entry.map_err(|error| Problem::internal(&error))?;
        entry.op_id = Some(self.op_id);
        Ok(audit::append(tx, vec![entry], self.now).await?)
    }

    async fn plan(&self, tx: &mut Connection) -> Result<Result<Plan, Refusal>, Problem> {
        let (entity, who) = (self.request.entity, self.who);
        let standing = match &self.request.verb {
            Verb::Create => None,
            Verb::Change(named) | Verb::Retire(named) => {
                let found = find(tx, who, entity, named).await?;
                if found.is_none() {
                    // The same whether it is hidden or not there.
                    let id = match named {
                        Named::Text(text) => text.parse().unwrap_or_default(),
                        Named::External { .. } => Uuid::nil(),
                    };
                    let denied = Some((id, "not_found", None));
                    return Ok(Err(Refusal { problem: Box::new(Problem::not_found()), denied }));
                }
                found
            }
            Verb::Upsert { system, id } => {
                lock_name(tx, entity.name, &fold_entry(system, id)).await?;
                let named = Named::External { system: system.clone(), id: id.clone() };
                find(tx, who, entity, &named).await?
            }
        };
        let mut document = self.request.document.clone();
        if let Err(errors) = reference::settle(tx, who, entity, &mut document).await? {
            return Ok(Err(invalid(errors)));
        }
        Ok(self.plan_for(standing.as_ref(), document))
    }

    /// The op that leads from what stands to what is wanted.
    fn plan_for(
        &self,
        standing: Option<&Record>,
        mut document: Map<String, Json>,
    ) -> Result<Plan, Refusal> {
        let entity = self.request.entity;
        if let (Some(demanded), at) = (self.request.demanded(), standing.map(|r| r.head.version))
            && at != Some(demanded)
        {
            return Err(answer::stale().into());
        }
        if let (Verb::Retire(_), Some(record)) = (&self.request.verb, standing) {
            let intent = draft::retire(record);
            return Ok(Plan::Op { intent, input: Input::default() });
        }
        if let Verb::Upsert { system, id } = &self.request.verb {
            name_externally(&mut document, system, id);
        }
        let new_id = || ids::row_id(self.now);
        let input = Input::read(entity, standing, &document, new_id).map_err(invalid)?;
        let id = standing.map_or_else(|| self.wanted_id(), |record| Ok(record.id()))?;
        self.permitted(standing, id, &input)?;
        let Some(current) = standing else {
            let (verb, kind_version) = (IntentVerb::Create, versions::declared().current);
            let (entity, changes) = (entity.name.to_owned(), input.changes.clone());
            let (base_version, loser) = (0, None);
            let intent = Intent { entity, verb, kind_version, id, base_version, changes, loser };
            return Ok(Plan::Op { intent, input });
        };
        let mut left = current.clone();
        if let Err(problems) = input.changes.apply(&mut left) {
            let errors = problems.0.into_iter().map(|problem| FieldError {
                field: input.told(&problem.field),
                rule: problem.rule,
                message: problem.message,
            });
            return Err(invalid(errors.collect()));
        }
        match draft::update(current, &left) {
            Some(intent) => Ok(Plan::Op { intent, input }),
            None => {
                let version = current.head.version;
                Ok(Plan::Nothing(Answer::done(current.id(), version, "unchanged", false)))
            }
        }
    }

    /// The id that the client chose for a new record, or one that is drawn.
    fn wanted_id(&self) -> Result<Uuid, Refusal> {
        match self.request.document.get("id") {
            None | Some(Json::Null) => Ok(ids::row_id(self.now)),
            Some(id) => id.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
                Problem::field("id", "not_an_id", "must be a UUID, best of version 7").into()
            }),
        }
    }

    /// Asks for each field that the document names, also where it would change nothing: else whoever may not read
    /// a field could find out what it holds.
    fn permitted(&self, standing: Option<&Record>, id: Uuid, input: &Input) -> Result<(), Refusal> {
        let (entity, facts) = (self.request.entity, standing.map(row_facts));
        let action = if standing.is_some() { Action::Edit } else { Action::Create };
        let ask = |entity: &EntityDef, fields: &[Change]| {
            let names: Vec<&str> = fields.iter().map(|change| change.field.as_str()).collect();
            check(self.who.grants(), action, entity, facts.as_ref(), &names).into_result()
        };
        let mut asked = ask(entity, &input.changes.fields);
        for row in &input.changes.children {
            if let Some(child) = entity.child(&row.entity) {
                asked = asked.and_then(|()| ask(child, &row.fields));
            }
        }
        asked.map_err(|reason| {
            let field = reason.field().map(str::to_owned);
            let mut problem = Problem::new(Code::NotPermitted, reason.to_string());
            problem.errors.extend(field.iter().map(|field| FieldError {
                field: field.clone(),
                rule: reason.code().to_owned(),
                message: reason.to_string(),
            }));
            let denied = Some((id, reason.code(), field));
            Refusal { problem: Box::new(problem), denied }
        })
    }
}

fn invalid(errors: Vec<FieldError>) -> Refusal {
    let mut problem = Problem::new(Code::InvalidFields, "Some members cannot be read.");
    problem.errors = errors;
    problem.into()
}

/// Gives the document the id of the other system that the path names.
fn name_externally(document: &mut Map<String, Json>, system: &str, id: &str) {
    let ids = document.entry(EXTERNAL_IDS).or_insert_with(|| json!({}));
    // Anything but an object is refused when it is read.
    if let Some(ids) = ids.as_object_mut() {
        ids.insert(system.to_owned(), Json::from(id));
    }
}
