//! What people do at their devices: they see what the file shows and change some of it.

use domain::attention::{ATTENTION, FIELD_ROWS, IN_REVIEW, MINE, REVIEW, THEIRS};
use domain::masters::{BRANCH, CUSTOMER, ITEM, SUPPLIER};
use domain::numbering::is_numbered;
use domain::permissions::{Action, ReadRight};
use domain::record::{Cell, ChildRow, EntityDef, Record, Value, approval, read_field};
use local_store::{ListQuery, Start, StoreError};
use rand::RngExt as _;
use sync_protocol::device::draft::{self, Choice, Decision, Drafted};
use sync_protocol::op::{Intent, Verb};
use uuid::Uuid;

use super::tenant::RATING;
use super::{Broken, Drawn, World};
use crate::hub::code_of;

/// Fields that people type into, by entity.
const CUSTOMER_FIELDS: &[&str] = &["name", "city", "phone", "email", "notes", "country", "tax_id"];
/// Of the tenant's own; who may not read one never types into it, as no form shows it.
const CUSTOMER_OWN_FIELDS: &[&str] = &["extra.colour", "extra.fee", "extra.rating"];
const SUPPLIER_FIELDS: &[&str] = &["name", "city", "notes", "iban", "bic"];
const ITEM_FIELDS: &[&str] = &["name", "description", "sales_price", "sku"];

impl World {
    /// Somebody works: whoever sits at this desk or, where they may do nothing there, at the next one.
    pub(super) fn act(&mut self, first: usize) -> Result<(), Broken> {
        for turn in 0..self.desks.len() {
            let index = (first + turn) % self.desks.len();
            if let Some(intents) = self.intents(index)? {
                return self.save(index, intents);
            }
        }
        Ok(())
    }

    fn save(&mut self, index: usize, intents: Vec<Drafted>) -> Result<(), Broken> {
        self.tally.actions += 1;
        let desk = &self.desks[index]; // the caller's index is below the length
        let count = intents.len() as u64;
        let made: Vec<Intent> = intents.iter().map(|drafted| drafted.intent.clone()).collect();
        let ids = &mut self.ids;
        match desk.device.write(intents, desk.clock.now(self.now), &mut || ids.draw()) {
            Ok(ops) => {
                self.tally.operations += count;
                self.trail.event(&ops);
                self.note_numbers(index, made.iter().zip(&ops))?;
                self.confirmed.extend(ops.into_iter().map(|op| (index, op)));
                Ok(())
            }
            Err(_) if desk.device.disk.has_stopped() => Ok(()),
            Err(StoreError::Closed) => Ok(()),
            Err(error) => {
                self.tally.full += 1;
                let told = desk.found_full(error).map(|_| ());
                told.map_err(|error| Broken(format!("device {index} could not write: {error:?}")))
            }
        }
    }

    /// Notes the codes that the device gave to what was entered without.
    fn note_numbers<'i>(
        &mut self,
        index: usize,
        made: impl Iterator<Item = (&'i Intent, &'i Uuid)>,
    ) -> Result<(), Broken> {
        let Some(store) = self.desks[index].device.store() else { return Ok(()) };
        for (intent, op) in made.filter(|(intent, _)| intent.verb == Verb::Create) {
            let Some(entity) = domain::masters::find(&intent.entity) else { continue };
            if !is_numbered(entity) || code_of(intent, entity).is_some() {
                continue;
            }
            let sealed = store.read(|view| view.made(*op));
            let sealed = sealed.map_err(|error| Broken(format!("what was entered: {error:?}")))?;
            if let Some(code) = sealed.and_then(|op| code_of(&op.intent, entity)) {
                self.drawn.push(Drawn { desk: index, code, record: intent.id });
                self.tally.numbers += 1;
            }
        }
        Ok(())
    }

    fn intents(&mut self, index: usize) -> Result<Option<Vec<Drafted>>, Broken> {
        if self.desks[index].device.store().is_none() {
            return Ok(None);
        }
        if self.random.random_ratio(1, 10) {
            return self.decide(index);
        }
        let places = !self.tenants[self.desks[index].tenant].places.departments.is_empty();
        let entity = match self.random.random_range(0..9) {
            0..=3 => &CUSTOMER,
            4 | 5 => &ITEM,
            6 | 7 => &SUPPLIER,
            _ if places => &BRANCH,
            _ => &CUSTOMER,
        };
        let held = self.held(index, entity)?;
        let choice = self.random.random_range(0..16);
        let may = |action| {
            let grants = &self.desks[index].device.grants;
            domain::permissions::check(grants, action, entity, None, &[]).is_allowed()
        };
        Ok(match (choice, held.is_empty()) {
            _ if entity.name == BRANCH.name => match may(Action::Edit) {
                true => self.move_department(index, &held)?,
                false => None,
            },
            (0..=3, _) | (_, true) if may(Action::Create) => {
                Some(vec![draft::create(&self.made_up(index, entity)).into()])
            }
            (4, false) if may(Action::Retire) => {
                let record = self.pick(&held);
                Some(vec![draft::retire(record).into()])
            }
            (5, false) if may(Action::Merge) => self.merge(index, &held)?,
            (6, false) => self.decide_proposal(index, &held)?,
            (_, false) if may(Action::Edit) => {
                let seen = self.pick(&held).id();
                let Some(seen) = self.whole(index, entity, seen)? else { return Ok(None) };
                let mut left = seen.clone();
                for _ in 0..self.random.random_range(1..4) {
                    self.type_into(index, &mut left);
                }
                if places && self.random.random_ratio(1, 4) {
                    self.place_elsewhere(index, &mut left);
                }
                draft::update(&seen, &left).map(|intent| vec![intent.into()])
            }
            _ => None,
        })
    }

    /// Puts a record into another branch, another department or other hands, or in none.
    fn place_elsewhere(&mut self, index: usize, record: &mut Record) {
        let tenant = &self.tenants[self.desks[index].tenant];
        let (field, all) = match self.random.random_range(0..3) {
            0 => ("branch_id", tenant.places.branches.clone()),
            1 => ("department_id", tenant.places.departments.clone()),
            _ => ("owner_id", tenant.hub.staff.iter().map(|grants| grants.user_id).collect()),
        };
        let chosen = self.random.random_range(0..=all.len());
        let value = all.get(chosen).map_or(Value::Null, |id| Value::Id(*id));
        record.values.set(field, value);
        self.tally.moves += 1;
    }

    /// Hangs a department below another, or at the top.
    fn move_department(
        &mut self,
        index: usize,
        held: &[Record],
    ) -> Result<Option<Vec<Drafted>>, Broken> {
        let department = |record: &&Record| record.get("kind").text() == Some("department");
        let departments: Vec<Uuid> = held.iter().filter(department).map(Record::id).collect();
        if departments.len() < 2 {
            return Ok(None);
        }
        let one = departments[self.random.random_range(0..departments.len())];
        let above = self.random.random_range(0..=departments.len());
        let Some(seen) = self.whole(index, &BRANCH, one)? else { return Ok(None) };
        let mut left = seen.clone();
        let above = departments.get(above).filter(|above| **above != one);
        left.values.set("parent", above.map_or(Value::Null, |id| Value::Id(*id)));
        Ok(draft::update(&seen, &left).map(|intent| vec![intent.into()]))
    }

    /// Approves or refuses what somebody proposed for a bank account.
    fn decide_proposal(
        &mut self,
        index: usize,
        held: &[Record],
    ) -> Result<Option<Vec<Drafted>>, Broken> {
        let chosen = self.pick(held);
        let (entity, id) = (chosen.entity(), chosen.id());
        let Some(seen) = self.whole(index, entity, id)? else { return Ok(None) };
        let Some(row) = approval::pending(&seen).into_iter().next() else { return Ok(None) };
        let intent = match self.random.random_ratio(2, 3) {
            true => draft::approve(&seen, &row),
            false => draft::refuse(&seen, &row, Some("not the account that we know")),
        };
        Ok(Some(vec![intent.into()]))
    }

    /// Makes one record of two, with some of the values of the one that goes.
    fn merge(&mut self, index: usize, held: &[Record]) -> Result<Option<Vec<Drafted>>, Broken> {
        let (one, other) = (self.pick(held).id(), self.pick(held).id());
        let Some(entity) = held.first().map(Record::entity).filter(|_| one != other) else {
            return Ok(None);
        };
        let (Some(stays), Some(goes)) =
            (self.whole(index, entity, one)?, self.whole(index, entity, other)?)
        else {
            return Ok(None);
        };
        let free = ["city", "phone", "notes", "description"];
        let take = free.into_iter().filter(|name| {
            let differs = entity.field(name).is_some() && stays.get(name) != goes.get(name);
            differs && self.random.random_ratio(1, 2)
        });
        let take: Vec<&str> = take.collect();
        self.tally.merges += 1;
        Ok(Some(vec![draft::merge(&stays, &goes, &take).into()]))
    }

    /// The records that the device shows; none while it is stopped.
    fn held(&self, index: usize, entity: &'static EntityDef) -> Result<Vec<Record>, Broken> {
        let device = &self.desks[index].device;
        let Some(store) = device.store() else { return Ok(Vec::new()) };
        let listed =
            store.read(|view| view.list(entity, &ListQuery::default(), &Start::Offset(0), 1_000));
        match listed {
            Ok(listed) => Ok(listed.rows.into_iter().map(|held| held.record).collect()),
            Err(_) if device.disk.has_stopped() || self.desks[index].full_until.is_some() => {
                Ok(Vec::new())
            }
            Err(error) => Err(Broken(format!("device {index} could not list: {error:?}"))),
        }
    }

    /// The whole record with its children, as a form loads it.
    pub(super) fn whole(
        &self,
        index: usize,
        entity: &'static EntityDef,
        id: Uuid,
    ) -> Result<Option<Record>, Broken> {
        let device = &self.desks[index].device;
        let Some(store) = device.store() else { return Ok(None) };
        match store.read(|view| view.get(entity, id)) {
            Ok(held) => Ok(held.map(|held| held.record)),
            Err(_) if device.disk.has_stopped() || self.desks[index].full_until.is_some() => {
                Ok(None)
            }
            Err(error) => Err(Broken(format!("device {index} could not read: {error:?}"))),
        }
    }

    fn pick<'r>(&mut self, records: &'r [Record]) -> &'r Record {
        &records[self.random.random_range(0..records.len())] // never asked of an empty list
    }

    fn made_up(&mut self, index: usize, entity: &'static EntityDef) -> Record {
        let desk = &self.desks[index]; // the caller's index is below the length
        let (user, tenant) = (desk.device.grants.user_id, desk.tenant);
        let mut record = Record::new(entity, self.ids.draw(), user, self.now);
        let number: u32 = self.random.random_range(0..30);
        put(&mut record, "name", &format!("{} {number}", entity.label.en));
        if entity.position("owner_id").is_some() {
            put(&mut record, "owner_id", &user.to_string());
        }
        if entity.name == ITEM.name {
            put(&mut record, "sku", &format!("SKU-{number}"));
            put(&mut record, "uom", &self.tenants[tenant].unit.to_string());
        } else {
            // Now and then a number that a series will come to.
            let code = match self.random.random_range(0..9) {
                0 | 1 => format!("C-{number}"),
                2 => format!("K-{number:05}"),
                _ => String::new(),
            };
            put(&mut record, "code", &code);
        }
        if entity.name == CUSTOMER.name && self.random.random_ratio(1, 3) {
            self.add_contact(&mut record);
        }
        if entity.name == ITEM.name
            && let Some(suppliers) = self.held(index, &SUPPLIER).ok().filter(|all| !all.is_empty())
        {
            let supplier = self.pick(&suppliers).id();
            self.add_supplier(&mut record, supplier);
        }
        record.normalise();
        record
    }

    fn add_supplier(&mut self, item: &mut Record, supplier: Uuid) {
        let Some(row) = item.entity().child("item_supplier") else { return };
        let mut values = row.defaults();
        values.set("supplier", Value::Id(supplier));
        item.put_child(ChildRow { id: self.ids.draw(), values });
    }

    fn add_contact(&mut self, record: &mut Record) {
        let Some(contact) = record.entity().child("customer_contact") else { return };
        let mut values = contact.defaults();
        let name = format!("Contact {}", self.random.random_range(0..100));
        values.set("name", Value::Text(name));
        record.put_child(ChildRow { id: self.ids.draw(), values });
    }

    fn type_into(&mut self, index: usize, record: &mut Record) {
        if record.entity().name == CUSTOMER.name && self.random.random_ratio(1, 5) {
            match record.children().first().map(|row| row.id) {
                Some(id) if self.random.random_ratio(1, 2) => {
                    record.remove_child("customer_contact", id);
                }
                _ => self.add_contact(record),
            }
            return;
        }
        let grants = &self.desks[index].device.grants; // the caller's index is below the length
        let user = grants.user_id;
        let reads_rating = grants.field_right(&CUSTOMER, "extra.rating").read == ReadRight::Full;
        let own = CUSTOMER_OWN_FIELDS.len() - usize::from(!reads_rating);
        let fields = match record.entity().name {
            "customer" if self.random.random_ratio(1, 3) => &CUSTOMER_OWN_FIELDS[..own],
            "customer" => CUSTOMER_FIELDS,
            "supplier" => SUPPLIER_FIELDS,
            _ => ITEM_FIELDS,
        };
        let field = fields[self.random.random_range(0..fields.len())];
        let number: u32 = self.random.random_range(0..50);
        let text = match field {
            "phone" => format!("+49 30 12345{number:02}"),
            "email" => format!("person{number}@example.com"),
            "country" => ["DE", "AT", "FR"][self.random.random_range(0..3)].to_owned(),
            // Right for one country and wrong for the others: merging may break a rule.
            "tax_id" => "DE136695976".to_owned(),
            "iban" => "DE89370400440532013000".to_owned(),
            "bic" => "COBADEFFXXX".to_owned(),
            "sales_price" | "extra.fee" => format!("{number}.5"),
            // Only who may read it types it, and what they type must stay theirs as well.
            "extra.rating" => format!("{RATING} {user} {number}"),
            "sku" => format!("SKU-{number}"),
            _ => format!("{field} {number}"),
        };
        put(record, field, &text);
        record.normalise();
    }

    /// Decides an item of Attention one way or the other.
    fn decide(&mut self, index: usize) -> Result<Option<Vec<Drafted>>, Broken> {
        let items = self.held(index, &ATTENTION)?;
        if items.is_empty() {
            return Ok(None);
        }
        let chosen = self.pick(&items).id();
        let Some(item) = self.whole(index, &ATTENTION, chosen)? else { return Ok(None) };
        match item.get("kind").text() {
            // Whoever waits for another's decision can do nothing.
            Some(IN_REVIEW) => return Ok(None),
            Some(REVIEW) => {
                let applies = self.random.random_ratio(2, 3);
                let intent = draft::review(&item, applies, Some("ask me first"));
                return Ok(Some(vec![intent.into()]));
            }
            _ => {}
        }
        let target = match (item.get("entity").text(), item.get("row_id").id()) {
            (Some(entity), Some(id)) => match domain::masters::find(entity) {
                Some(entity) => self.whole(index, entity, id)?,
                None => None,
            },
            _ => None,
        };
        let keep = if self.random.random_ratio(1, 2) { MINE } else { THEIRS };
        let decisions: Vec<_> = item
            .collection(FIELD_ROWS)
            .iter()
            .filter_map(|row| row.values.get("path").text())
            .map(|path| Decision { path: path.to_owned(), keep: keep.to_owned() })
            .collect();
        let choice = Choice { decisions, ..Choice::default() };
        // A value that does not fit is mended or given up; this person gives it up.
        Ok(draft::resolve(&item, target.as_ref(), &choice).ok())
    }
}

fn put(record: &mut Record, field: &str, text: &str) {
    if let Ok((place, value)) = read_field(record.entity(), field, &Cell::from(text)) {
        record.values.put(&place, value);
    }
}
