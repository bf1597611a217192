//! What the judge sees of the memory hub.

use std::borrow::Cow;

use domain::permissions::{Grants, Permission};
use domain::record::{EntityDef, Found, Lookup, OwnFields, Record, Value, fold_code, fold_entry};
use sync_protocol::judge::review::DECIDES;
use sync_protocol::judge::{Held, HubView};
use sync_protocol::receipt::Receipt;
use sync_protocol::wire;
use uuid::Uuid;

use super::MemoryHub;

impl Lookup for MemoryHub {
    fn record(&self, entity: &'static EntityDef, id: Uuid) -> Found<Cow<'_, Record>> {
        match self.kept.get(&(entity.name, id)) {
            Some(kept) => Found::Yes(Cow::Borrowed(&kept.record)),
            None => Found::No,
        }
    }

    fn own_fields(&self) -> Cow<'_, OwnFields> {
        Cow::Borrowed(&self.own_fields)
    }

    fn has_given_numbers(&self, series: Uuid) -> Found<()> {
        let given = self.numbers().counted().any(|(given, _)| given == series);
        if given { Found::Yes(()) } else { Found::No }
    }

    fn holder(
        &self,
        entity: &'static EntityDef,
        field: &str,
        company: Option<Uuid>,
        folded: &str,
        except: Uuid,
    ) -> Found<Uuid> {
        let holder = self.records().find(|record| {
            record.entity().name == entity.name
                && record.id() != except
                && holds(record.get(field), folded)
                && (company.is_none() || record.get("company_id").id() == company)
        });
        holder.map_or(Found::No, |record| Found::Yes(record.id()))
    }

    fn peers(
        &self,
        entity: &'static EntityDef,
        field: &'static str,
        value: &Value,
    ) -> Found<Vec<Cow<'_, Record>>> {
        let of_entity = self.records().filter(|record| record.entity().name == entity.name);
        let peers = of_entity.filter(|record| record.get(field) == value);
        Found::Yes(peers.map(Cow::Borrowed).collect())
    }
}

/// Whether a unique value is the one that was asked for.
fn holds(value: &Value, folded: &str) -> bool {
    match value {
        Value::Text(text) => fold_code(text) == folded,
        Value::Map(entries) => entries.iter().any(|(key, text)| fold_entry(key, text) == folded),
        _ => false,
    }
}

impl HubView for MemoryHub {
    fn referrers(&self, target: &'static EntityDef, id: Uuid) -> Found<Vec<Cow<'_, Record>>> {
        let referring = self.records().filter(|record| record.refers_to(target, id));
        Found::Yes(referring.map(Cow::Borrowed).collect())
    }

    fn receipt(&self, op_id: Uuid) -> Option<Receipt> {
        let own = self.ops.get(&op_id).and_then(|kept| match &kept.later {
            Some(later) => Some(later.clone()),
            // The bytes were written by this hub.
            None => wire::decode(&kept.receipt).ok(),
        });
        if own.as_ref().is_some_and(Receipt::has_effect) {
            return own;
        }
        let mends = self.mends.get(&op_id).into_iter().flatten();
        let mut mended = mends.filter_map(|mend| self.receipt(*mend));
        mended.find(Receipt::has_effect).or(own)
    }

    fn number_holder(&self, entity: &'static EntityDef, folded: &str) -> Found<Uuid> {
        self.holder_of_number(entity, folded).map_or(Found::No, Found::Yes)
    }

    fn others_hold(&self, permission: Permission, user: Uuid) -> bool {
        self.staff.iter().any(|grants| grants.user_id != user && grants.holds(permission))
    }

    fn staff(&self) -> Found<Vec<Uuid>> {
        let mut everyone: Vec<Uuid> = self.staff.iter().map(|grants| grants.user_id).collect();
        everyone.sort_unstable();
        Found::Yes(everyone)
    }

    fn deciding_role(&self, user: Uuid) -> Option<String> {
        let decides = |grants: &&Grants| grants.user_id == user && grants.holds(DECIDES);
        self.staff.iter().find(decides).and_then(|_| self.roles.get(&user).cloned())
    }

    fn held(&self, op_id: Uuid) -> Found<Held<'_>> {
        self.held_work(op_id)
    }

    fn grants_of(&self, user: Uuid) -> Found<Cow<'_, Grants>> {
        let grants = self.staff.iter().find(|grants| grants.user_id == user);
        grants.map_or(Found::No, |grants| Found::Yes(Cow::Borrowed(grants)))
    }
}
